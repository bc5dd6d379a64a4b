import type { RemoteInfo } from 'node:dgram';
import { allowList } from '../../config/network.ts';
import type { Config } from '../../config/schema.ts';
import type { Clock, Off } from '../../installation/ports.ts';
import type { Installation } from '../../installation/runner.ts';
import { isLoopback } from '../../protocol/loopback.ts';
import type { CuratorState } from '../../protocol/snapshot.ts';
import type { Control } from '../control.ts';
import type { LiveParameters } from '../live-parameters.ts';
import type { LogBook } from '../log-book.ts';
import { oscAnswers, oscFeedback } from './addresses.ts';
import { Dispatcher } from './dispatcher.ts';
import { type Endpoint, keyOf } from './endpoint.ts';
import { Feedback } from './feedback.ts';
import type { Values } from './mailbox.ts';
import { type OscMessage, readPacket, writeMessage } from './packet.ts';
import { Traffic } from './traffic.ts';
import { listenUdp, plainAddress, type Udp } from './udp.ts';
import { Waiting } from './waiting.ts';

/** Ms within which changed counts are told together: a flood of wrong packets must not become one of updates. */
const gather = 500;
/** Warnings of one kind that the log gets, each about another computer. */
const mostWarnings = 100;

export interface OscParts {
  readonly config: Config['osc'];
  readonly control: Pick<Control, 'execute'>;
  readonly parameters: LiveParameters;
  readonly installation: Pick<Installation, 'state' | 'onChange' | 'onMoment'>;
  readonly log: LogBook;
  readonly clock: Clock;
  /** The counts or the subscribers changed. */
  readonly onChange: () => void;
}

/** OSC over UDP: the same parameters and commands as the curator's page, at addresses made from their description. */
export class OscControl {
  readonly #parts: OscParts;
  readonly #isAllowed: (address: string) => boolean;
  readonly #feedback: Feedback;
  readonly #traffic = new Traffic();
  readonly #waiting: Waiting;
  readonly #dispatcher: Dispatcher;
  readonly #warned = new Set<string>();
  #udp: Udp | null = null;
  #listening: string | null = null;
  #wrong = 0;
  #telling: Off | null = null;
  #offs: Off[] = [];
  #state = '';

  constructor(parts: OscParts) {
    this.#parts = parts;
    this.#isAllowed = allowList(parts.config.allow);
    this.#feedback = new Feedback(parts.clock, (to, address, values) => this.#send(to, address, values));
    this.#waiting = new Waiting(parts.clock);
    this.#dispatcher = new Dispatcher({
      ...parts,
      feedback: this.#feedback,
      port: () => this.port,
      answer: (to, address, ...values) => this.#answer(to, address, values),
      wrong: () => this.#count(),
      mayCome: (sender, messages) => this.#mayCome(sender, messages),
      subscribersChanged: () => this.#tellHealth(),
    });
  }

  get health(): CuratorState['osc'] {
    return { listening: this.#listening, subscribers: this.#feedback.size, wrong: this.#wrong };
  }

  /** The port in use; 0 while there is none. */
  get port(): number {
    return this.#udp && this.#listening ? this.#udp.socket.address().port : 0;
  }

  /** Throws OSC_PORT where the port cannot be had. */
  async start(): Promise<void> {
    const { host, port } = this.#parts.config;
    const udp = await listenUdp(host, port);
    const { socket } = udp;
    // A socket's later errors are about single packets; the piece goes on.
    socket.on('error', (error) => this.#parts.log.write('warning', `OSC: ${error.message}`));
    socket.on('message', (packet, from) => this.#receive(packet, from));
    this.#udp = udp;
    this.#listening = `${host}:${socket.address().port}`;
    this.#follow();
  }

  async stop(): Promise<void> {
    for (const off of this.#offs) off();
    this.#waiting.clear();
    this.#feedback.stop();
    this.#telling?.();
    this.#listening = null;
    const socket = this.#udp?.socket;
    this.#udp = null;
    if (socket) await new Promise<void>((resolve) => void socket.close(() => resolve()));
  }

  #follow(): void {
    const { installation, parameters } = this.#parts;
    const feedback = this.#feedback;
    this.#offs = [
      parameters.onChange(({ parameter, value }) => feedback.value(parameter.osc, value)),
      installation.onChange(() => {
        const { name, visitors } = installation.state;
        if (name === this.#state) return;
        this.#state = name;
        feedback.moment(oscFeedback.state.address, name);
        feedback.value(oscFeedback.visitor.address, { integer: visitors });
      }),
      installation.onMoment((moment) => {
        if (moment.type === 'handover') feedback.moment(oscFeedback.handover.address, { integer: moment.visitor });
        if (moment.type === 'loop-end') feedback.moment(oscFeedback.loop.address);
        if (moment.type === 'step') {
          feedback.value(oscFeedback.step.address, { integer: moment.step });
          feedback.value(oscFeedback.likeness.address, moment.likeness);
        }
      }),
    ];
  }

  #receive(packet: Buffer, from: RemoteInfo): void {
    const sender = { host: plainAddress(from.address), port: from.port };
    if (!this.#isHeard(sender.host)) {
      this.#count();
      const what = `OSC from ${sender.host} is ignored. To let it in, add it in installation.yaml (osc: allow).`;
      this.#warn(`stranger ${sender.host}`, what);
    } else if (from.port === 0 || (from.port === this.port && isLoopback(sender.host))) {
      // Port 0 is nobody's, and our own is ours: whoever forged it cannot be answered.
      this.#count();
    } else if (this.#mayCome(sender, 1)) {
      this.#read(packet, sender);
    }
  }

  /** Whoever allows 127.0.0.1 means this computer, and programs here that send to `localhost` may come from ::1. */
  #isHeard(host: string): boolean {
    return this.#isAllowed(host) || (host === '::1' && this.#isAllowed('127.0.0.1'));
  }

  #read(packet: Buffer, sender: Endpoint): void {
    const found = readPacket(packet);
    if (!found) {
      this.#count();
      return;
    }
    const { messages, unread } = found;
    // The packet itself has been paid for as one message.
    if (!this.#mayCome(sender, Math.max(0, messages.length + unread.length - 1))) return;
    for (const { address, problem } of unread) {
      this.#count();
      if (address !== null) this.#answer(sender, oscAnswers.error.address, [address, problem]);
    }
    const date = this.#parts.clock.date();
    for (const message of messages) this.#schedule(message, sender, date);
  }

  #schedule(message: OscMessage, sender: Endpoint, date: number): void {
    const wait = message.at === null ? 0 : message.at - date;
    const obey = () => this.#dispatcher.obey(message, sender);
    // What comes late is done at once, as OSC has it.
    if (wait <= 0) {
      obey();
      return;
    }
    const waits = this.#waiting.add(keyOf(sender), wait, obey);
    if (!waits.ok) this.#answer(sender, oscAnswers.error.address, [message.address, waits.reason]);
  }

  #mayCome(sender: Endpoint, messages: number): boolean {
    if (this.#traffic.mayCome(sender, this.#parts.clock.now(), messages)) return true;
    this.#count();
    this.#warn(`flood ${sender.host}`, `OSC from ${sender.host} comes too fast; what is too much is dropped.`);
    return false;
  }

  /** To where it came from, and to where that sender listens, which may be another port. */
  #answer(sender: Endpoint, address: string, values: Values): void {
    if (!this.#traffic.mayAnswer(sender, this.#parts.clock.now())) return;
    this.#send(sender, address, values);
    for (const endpoint of this.#feedback.endpointsOf(sender)) {
      if (endpoint.port !== sender.port) this.#send(endpoint, address, values);
    }
  }

  #send({ host, port }: Endpoint, address: string, values: Values): void {
    try {
      // Nobody may be listening there: the error of a single packet is of no interest.
      this.#udp?.socket.send(writeMessage(address, values), port, this.#udp.to(host), () => {});
    } catch {
      // An address that cannot be sent to at all is of no more interest, and must not end the piece.
    }
  }

  #count(): void {
    this.#wrong += 1;
    this.#tellHealth();
  }

  #tellHealth(): void {
    this.#telling ??= this.#parts.clock.setTimeout(() => {
      this.#telling = null;
      this.#parts.onChange();
    }, gather);
  }

  /** Once for each thing, and not without end. */
  #warn(about: string, message: string): void {
    if (this.#warned.has(about) || this.#warned.size >= mostWarnings) return;
    this.#warned.add(about);
    this.#parts.log.write('warning', message);
  }
}
