import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { allowList } from '../../config/network.ts';
import type { Config } from '../../config/schema.ts';
import { FamiliarError } from '../../errors.ts';
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
  #socket: Socket | null = null;
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
    return this.#socket && this.#listening ? this.#socket.address().port : 0;
  }

  /** Throws OSC_PORT where the port cannot be had. */
  async start(): Promise<void> {
    const { host, port } = this.#parts.config;
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (cause: NodeJS.ErrnoException) => {
        socket.close();
        const what = cause.code === 'EADDRINUSE' ? 'is used by another program' : `cannot be used (${cause.message})`;
        const message = `OSC port ${port} on ${host} ${what}. Close it, or choose another port in installation.yaml (osc: port).`;
        reject(new FamiliarError('OSC_PORT', message, { cause }));
      });
      socket.bind(port, host, resolve);
    });
    socket.removeAllListeners('error');
    // A socket's later errors are about single packets; the piece goes on.
    socket.on('error', (error) => this.#parts.log.write('warning', `OSC: ${error.message}`));
    socket.on('message', (packet, from) => this.#receive(packet, from));
    this.#socket = socket;
    this.#listening = `${host}:${socket.address().port}`;
    this.#follow();
  }

  async stop(): Promise<void> {
    for (const off of this.#offs) off();
    this.#waiting.clear();
    this.#feedback.stop();
    this.#telling?.();
    this.#listening = null;
    const socket = this.#socket;
    this.#socket = null;
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
    const sender = { host: from.address, port: from.port };
    if (!this.#isAllowed(from.address)) {
      this.#count();
      const what = `OSC from ${from.address} is ignored. To let it in, add it in installation.yaml (osc: allow).`;
      this.#warn(`stranger ${from.address}`, what);
    } else if (from.port === 0 || (from.port === this.port && isLoopback(from.address))) {
      // Port 0 is nobody's, and our own is ours: whoever forged it cannot be answered.
      this.#count();
    } else if (this.#mayCome(sender, 1)) {
      this.#read(packet, sender);
    }
  }

  #read(packet: Buffer, sender: Endpoint): void {
    const messages = readPacket(packet);
    if (!messages) this.#count();
    // The packet itself has been paid for as one message.
    else if (this.#mayCome(sender, messages.length - 1)) {
      const date = this.#parts.clock.date();
      for (const message of messages) this.#schedule(message, sender, date);
    }
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
      this.#socket?.send(writeMessage(address, values), port, host, () => {});
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
