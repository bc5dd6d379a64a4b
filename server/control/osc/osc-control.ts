import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { allowList } from '../../config/network.ts';
import type { Config } from '../../config/schema.ts';
import { FamiliarError, messageOf } from '../../errors.ts';
import type { Clock, Off } from '../../installation/ports.ts';
import type { Installation } from '../../installation/runner.ts';
import type { Parameter, ParameterValues } from '../../protocol/parameters.ts';
import type { CuratorState } from '../../protocol/snapshot.ts';
import type { Control } from '../control.ts';
import type { LiveParameters } from '../live-parameters.ts';
import type { LogBook } from '../log-book.ts';
import { TokenBucket } from '../token-bucket.ts';
import { isRelease, type OscAddress, oscAddresses, oscFeedback, oscOwn, oscPrefix } from './addresses.ts';
import { type OscInteger, type OscMessage, readPacket, writeMessage } from './packet.ts';
import { isPattern, matches } from './pattern.ts';
import { type Endpoint, Subscribers } from './subscribers.ts';

/** Packets a second, and at once, above which they are dropped: no controller of people is that fast. */
const rate = { second: 1_000, burst: 2_000 };
/** Answers a second, and at once, to one computer: more than any controller asks for, too few to flood another's with. */
const answerRate = { second: 200, burst: 400 };
/** Furthest that a time tag may lie ahead, ms, and how many messages may wait for theirs. */
const ahead = 60_000;
const mostWaiting = 1_000;
/** Computers whose answers are counted. */
const mostAnswered = 1_000;

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

type Values = readonly (number | string | boolean | OscInteger)[];

/** OSC over UDP: the same parameters and commands as the curator's page, at addresses made from their description. */
export class OscControl {
  readonly #parts: OscParts;
  #addresses: { readonly of: readonly Parameter[]; readonly all: readonly OscAddress[] } = { of: [], all: [] };
  readonly #isAllowed: (address: string) => boolean;
  readonly #subscribers = new Subscribers();
  readonly #bucket = new TokenBucket(rate.second, rate.burst);
  /** By computer; only those on the allow-list get one. */
  readonly #answers = new Map<string, TokenBucket>();
  readonly #waiting = new Set<Off>();
  readonly #strangers = new Set<string>();
  #socket: Socket | null = null;
  #listening: string | null = null;
  #wrong = 0;
  #offs: Off[] = [];
  #state = '';

  constructor(parts: OscParts) {
    this.#parts = parts;
    this.#isAllowed = allowList(parts.config.allow);
  }

  get health(): CuratorState['osc'] {
    const subscribers = this.#subscribers.at(this.#parts.clock.now()).length;
    return { listening: this.#listening, subscribers, wrong: this.#wrong };
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
    for (const off of [...this.#offs, ...this.#waiting]) off();
    this.#waiting.clear();
    this.#listening = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) await new Promise<void>((resolve) => void socket.close(() => resolve()));
  }

  #follow(): void {
    const { installation, parameters } = this.#parts;
    this.#offs = [
      parameters.onChange(({ parameter, value }) => this.#feed(parameter.osc, [value])),
      installation.onChange(() => {
        const { name, visitors } = installation.state;
        if (name === this.#state) return;
        this.#state = name;
        this.#feed(oscFeedback.state.address, [name]);
        this.#feed(oscFeedback.visitor.address, [{ integer: visitors }]);
      }),
      installation.onMoment((moment) => {
        if (moment.type === 'handover') this.#feed(oscFeedback.handover.address, [{ integer: moment.visitor }]);
        if (moment.type === 'loop-end') this.#feed(oscFeedback.loop.address, []);
        if (moment.type === 'step') {
          this.#feed(oscFeedback.step.address, [{ integer: moment.step }]);
          this.#feed(oscFeedback.likeness.address, [moment.likeness]);
        }
      }),
    ];
  }

  #receive(packet: Buffer, from: RemoteInfo): void {
    if (!this.#isAllowed(from.address)) {
      this.#stranger(from.address);
      return;
    }
    // Port 0 is nobody's: whoever forged it cannot be answered.
    if (from.port === 0) {
      this.#count();
      return;
    }
    const now = this.#parts.clock.now();
    const messages = this.#bucket.take(now) ? readPacket(packet) : null;
    if (!messages) this.#count();
    const sender = { host: from.address, port: from.port };
    for (const message of messages ?? []) this.#schedule(message, sender, now);
  }

  #schedule(message: OscMessage, sender: Endpoint, now: number): void {
    const wait = message.at === null ? 0 : message.at - now;
    // What comes late is done at once, as OSC has it.
    if (wait <= 0) {
      void this.#obey(message, sender);
    } else if (wait > ahead || this.#waiting.size >= mostWaiting) {
      this.#fail(sender, message.address, 'The time tag lies too far ahead.');
    } else {
      const off = this.#parts.clock.setTimeout(() => {
        this.#waiting.delete(off);
        void this.#obey(message, sender);
      }, wait);
      this.#waiting.add(off);
    }
  }

  async #obey({ address, values }: OscMessage, sender: Endpoint): Promise<void> {
    if (address === oscOwn.ping.address) return this.#answer(sender, `${oscPrefix}/pong`, []);
    if (address === oscOwn.subscribe.address || address === oscOwn.unsubscribe.address) {
      return this.#subscribe(address, values, sender);
    }
    const fits = isPattern(address) ? (own: string) => matches(address, own) : (own: string) => address === own;
    const found = this.#known().filter((candidate) => fits(candidate.address));
    if (found.length === 0) {
      this.#count();
      return this.#fail(sender, address, 'There is no such address.');
    }
    for (const target of found) await this.#run(target, values, sender);
  }

  async #run(target: OscAddress, values: OscMessage['values'], sender: Endpoint): Promise<void> {
    const { address, parameter } = target;
    if (isRelease(target, values)) return;
    // A parameter without a value asks for it.
    if (parameter && values.length === 0) return this.#answer(sender, address, [this.#valueOf(parameter.key)]);
    const command = target.read(values);
    if (!command.ok) return this.#fail(sender, address, command.reason);
    try {
      const answer = await this.#parts.control.execute(command.value, { source: 'osc', client: null });
      if (answer.status === 'refused') this.#fail(sender, address, answer.reason);
      else this.#answer(sender, `${oscPrefix}/ok`, [address]);
    } catch (error) {
      this.#parts.log.write('error', `OSC ${address} failed: ${messageOf(error)}`);
      this.#fail(sender, address, messageOf(error));
    }
  }

  #subscribe(address: string, values: OscMessage['values'], sender: Endpoint): void {
    const { clock, onChange } = this.#parts;
    const port = values.length === 0 ? sender.port : Number(values[0]);
    const endpoint = { host: sender.host, port };
    if (values.length > 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
      this.#fail(sender, address, 'The argument must be a port from 1 to 65535, or none.');
    } else if (port === this.port && isLoopback(sender.host)) {
      this.#fail(sender, address, 'This is the port of the piece itself: it would talk to itself.');
    } else if (address === oscOwn.unsubscribe.address) {
      this.#subscribers.remove(endpoint);
      this.#answer(sender, `${oscPrefix}/ok`, [address]);
    } else if (this.#subscribers.add(endpoint, clock.now())) {
      this.#answer(sender, `${oscPrefix}/ok`, [address]);
      this.#greet(endpoint);
    } else {
      this.#fail(sender, address, 'There are too many subscribers.');
    }
    onChange();
  }

  /** Everything as it is now, so that a controller's faders stand right from the start. */
  #greet(to: Endpoint): void {
    const { installation, parameters } = this.#parts;
    const { name, visitors, visit } = installation.state;
    this.#send(to, oscFeedback.state.address, [name]);
    this.#send(to, oscFeedback.visitor.address, [{ integer: visitors }]);
    this.#send(to, oscFeedback.step.address, [{ integer: visit?.progress?.step ?? 0 }]);
    this.#send(to, oscFeedback.likeness.address, [visit?.progress?.likeness ?? 0]);
    for (const { osc, key } of parameters.descriptions) this.#send(to, osc, [this.#valueOf(key)]);
  }

  /** The addresses there are now: parameters may be added while the piece runs. */
  #known(): readonly OscAddress[] {
    const { descriptions } = this.#parts.parameters;
    if (this.#addresses.of !== descriptions) this.#addresses = { of: descriptions, all: oscAddresses(descriptions) };
    return this.#addresses.all;
  }

  #valueOf(key: string): number | boolean | string {
    return this.#parts.parameters.values[key as keyof ParameterValues];
  }

  #feed(address: string, values: Values): void {
    for (const endpoint of this.#subscribers.at(this.#parts.clock.now())) this.#send(endpoint, address, values);
  }

  #fail(sender: Endpoint, address: string, reason: string): void {
    this.#answer(sender, `${oscPrefix}/error`, [address, reason]);
  }

  /** To where it came from, and to where the same computer listens: many controllers send from a port they do not read. */
  #answer(sender: Endpoint, address: string, values: Values): void {
    if (!this.#mayAnswer(sender.host)) return;
    this.#send(sender, address, values);
    for (const endpoint of this.#subscribers.at(this.#parts.clock.now())) {
      if (endpoint.host === sender.host && endpoint.port !== sender.port) this.#send(endpoint, address, values);
    }
  }

  /** One packet can ask for very many answers, and its sender's address may be forged. */
  #mayAnswer(host: string): boolean {
    let bucket = this.#answers.get(host);
    if (bucket === undefined) {
      if (this.#answers.size >= mostAnswered) this.#answers.clear();
      bucket = new TokenBucket(answerRate.second, answerRate.burst);
      this.#answers.set(host, bucket);
    }
    return bucket.take(this.#parts.clock.now());
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
    this.#parts.onChange();
  }

  #stranger(address: string): void {
    this.#count();
    if (this.#strangers.has(address) || this.#strangers.size >= 100) return;
    this.#strangers.add(address);
    const message = `OSC from ${address} is ignored. To let it in, add it in installation.yaml (osc: allow).`;
    this.#parts.log.write('warning', message);
  }
}

const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.');
