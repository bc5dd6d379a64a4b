import { messageOf } from '../../errors.ts';
import type { Installation } from '../../installation/runner.ts';
import { isLoopback } from '../../protocol/loopback.ts';
import type { Parameter, ParameterValues } from '../../protocol/parameters.ts';
import type { Control } from '../control.ts';
import type { LiveParameters } from '../live-parameters.ts';
import type { LogBook } from '../log-book.ts';
import {
  isRelease,
  isReleased,
  type OscAddress,
  oscAddresses,
  oscAnswers,
  oscFeedback,
  oscOwn,
  readPort,
} from './addresses.ts';
import type { Endpoint } from './endpoint.ts';
import type { Feedback, Whole } from './feedback.ts';
import type { Letter, Values } from './mailbox.ts';
import type { OscMessage, OscValue } from './packet.ts';
import { reach } from './reach.ts';

/** What we send ourselves: where it comes back, from a program that repeats all it hears, it is never answered. */
const ours: ReadonlySet<string> = new Set(
  [...Object.values(oscAnswers), ...Object.values(oscFeedback)].map(({ address }) => address),
);

export interface DispatcherParts {
  readonly control: Pick<Control, 'execute'>;
  readonly parameters: LiveParameters;
  readonly installation: Pick<Installation, 'state'>;
  readonly log: LogBook;
  readonly feedback: Feedback;
  /** The port that we listen at. */
  readonly port: () => number;
  readonly answer: (to: Endpoint, address: string, ...values: Values) => void;
  /** A message was not understood. */
  readonly wrong: () => void;
  /** Whether a sender may ask for so many more things at once. */
  readonly mayCome: (sender: Endpoint, messages: number) => boolean;
  readonly subscribersChanged: () => void;
}

/** Does what messages say, and answers them. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #addresses: { readonly of: readonly Parameter[]; readonly all: readonly OscAddress[] } = { of: [], all: [] };

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  obey({ address, values }: OscMessage, sender: Endpoint): void {
    const { answer } = this.#parts;
    if (address === oscOwn.ping.address) {
      if (!values.some(isReleased)) answer(sender, oscAnswers.pong.address);
    } else if (address === oscOwn.subscribe.address || address === oscOwn.unsubscribe.address) {
      this.#subscribe(address, values, sender);
    } else if (ours.has(address)) {
      this.#tell(address, values, sender);
    } else {
      this.#dispatch(address, values, sender);
    }
  }

  #dispatch(address: string, values: readonly OscValue[], sender: Endpoint): void {
    const { wrong, mayCome } = this.#parts;
    const found = reach(address, values, this.#known());
    if (!found.ok) {
      wrong();
      this.#fail(sender, address, found.reason);
    } else if (mayCome(sender, found.value.length - 1)) {
      for (const target of found.value) void this.#run(target, values, sender);
    }
  }

  async #run(target: OscAddress, values: readonly OscValue[], sender: Endpoint): Promise<void> {
    const { answer, feedback } = this.#parts;
    const { address, parameter } = target;
    if (isRelease(target, values)) return;
    // A parameter without a value asks for it.
    if (parameter && values.length === 0) {
      answer(sender, address, this.#valueOf(parameter.key));
      return;
    }
    if (parameter) feedback.movedBy(sender, address);
    const refusal = await this.#execute(target, values);
    if (refusal === null) answer(sender, oscAnswers.ok.address, address);
    else this.#fail(sender, address, refusal);
    if (parameter) feedback.settle(sender, address, this.#valueOf(parameter.key));
  }

  /** Why it was not done; null where it was. Live values have changed when this first waits: order is kept. */
  async #execute(target: OscAddress, values: readonly OscValue[]): Promise<string | null> {
    const { control, log } = this.#parts;
    const command = target.read(values);
    if (!command.ok) return command.reason;
    try {
      const answer = await control.execute(command.value, { source: 'osc', client: null });
      return answer.status === 'refused' ? answer.reason : null;
    } catch (error) {
      log.write('error', `OSC ${target.address} failed: ${messageOf(error)}`);
      return messageOf(error);
    }
  }

  #subscribe(address: string, values: readonly OscValue[], sender: Endpoint): void {
    const { feedback, answer, subscribersChanged } = this.#parts;
    const port = readPort(values, sender.port);
    if (!port.ok) {
      this.#fail(sender, address, port.reason);
      return;
    }
    if (port.value === null) return;
    const endpoint = { host: sender.host, port: port.value };
    if (port.value === this.#parts.port() && isLoopback(sender.host)) {
      this.#fail(sender, address, 'This is the port of the piece itself: it would talk to itself.');
      return;
    }
    if (address === oscOwn.unsubscribe.address) {
      feedback.unsubscribe(endpoint);
    } else if (!feedback.subscribe(endpoint, () => this.#whole())) {
      this.#fail(sender, address, 'There are too many subscribers.');
      return;
    }
    answer(sender, oscAnswers.ok.address, address);
    subscribersChanged();
  }

  /** Something that we tell came in: without a value it asks for ours, with one it is our own, repeated. */
  #tell(address: string, values: readonly OscValue[], sender: Endpoint): void {
    const { moments, values: told } = this.#whole();
    const letter = [...moments, ...told].find(([name]) => name === address);
    if (letter && values.length === 0) this.#parts.answer(sender, letter[0], ...letter[1]);
    else this.#parts.wrong();
  }

  /** Everything as it is now, so that a controller's faders stand right from the start. */
  #whole(): Whole {
    const { installation, parameters } = this.#parts;
    const { name, visitors, visit } = installation.state;
    return {
      moments: [[oscFeedback.state.address, [name]]],
      values: [
        [oscFeedback.visitor.address, [{ integer: visitors }]],
        [oscFeedback.step.address, [{ integer: visit?.progress?.step ?? 0 }]],
        [oscFeedback.likeness.address, [visit?.progress?.likeness ?? 0]],
        ...parameters.descriptions.map(({ osc, key }): Letter => [osc, [this.#valueOf(key)]]),
      ],
    };
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

  #fail(sender: Endpoint, address: string, reason: string): void {
    this.#parts.answer(sender, oscAnswers.error.address, address, reason);
  }
}
