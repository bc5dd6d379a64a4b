import type { SavedState, StateFile } from '../config/state-file.ts';
import { messageOf } from '../errors.ts';
import type { Sender } from '../installation/machine-types.ts';
import type { ChainPort, Off } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';
import type { Command, CommandAnswer } from '../protocol/commands.ts';
import { pairingCode } from '../protocol/devices.ts';
import type { Mapping } from '../protocol/mapping.ts';
import { displayNamePattern } from '../protocol/messages.ts';
import type { RefusalCode } from '../protocol/refusals.ts';
import { facesAtOnce, type Preset } from '../protocol/snapshot.ts';
import type { Devices } from './devices.ts';
import type { LiveParameters } from './live-parameters.ts';
import type { LogBook } from './log-book.ts';
import type { Pairing } from './pairing.ts';

const mostPresets = 50;
const mostMappings = 32;

export interface ControlParts {
  readonly installation: Pick<Installation, 'command'>;
  readonly parameters: LiveParameters;
  readonly chain: Pick<ChainPort, 'faces' | 'forget' | 'confirmClock'>;
  readonly stateFile: Pick<StateFile, 'state' | 'update'>;
  readonly devices: Pick<Devices, 'rename' | 'remove'>;
  readonly pairing: Pick<Pairing, 'confirm'>;
  readonly log: LogBook;
  readonly now: () => number;
}

/** Does what is asked for, whether a tablet or OSC asks: every command comes through here, already read and checked. */
export class Control {
  readonly #parts: ControlParts;
  readonly #listeners = new Set<() => void>();

  constructor(parts: ControlParts) {
    this.#parts = parts;
    parts.parameters.onChange(() => parts.stateFile.update({ live: parts.parameters.saved }));
  }

  get presets(): readonly Preset[] {
    return this.#parts.stateFile.state.presets;
  }

  get mappings(): Readonly<Record<string, Mapping>> {
    return this.#parts.stateFile.state.mappings;
  }

  /** Presets or mappings changed. */
  onChange(listener: () => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async execute(command: Command, by: Sender): Promise<CommandAnswer> {
    const { installation, parameters } = this.#parts;
    switch (command.type) {
      case 'begin':
      case 'queue.leave':
        return installation.command(command.type, by, { ticket: command.ticket });
      case 'consent':
        return installation.command(command.type, by, { language: command.language });
      case 'capture':
      case 'keep':
      case 'again':
      case 'leave':
      case 'queue.join':
      case 'stay':
      case 'skip':
      case 'attract':
        return installation.command(command.type, by);
      case 'set': {
        const set = parameters.set(command.key, command.value, by.source);
        return set.ok ? done : refused(set.code, set.reason);
      }
      case 'preset.recall':
        return this.#recall(command.name);
      case 'preset.save':
        return this.#save(command.name.trim());
      case 'preset.delete':
        return this.#delete(command.name);
      case 'chain.forget':
        return this.#forget(command.face);
      case 'chain.confirmClock':
        return (await this.#parts.chain.confirmClock())
          ? done
          : refused('not-found', 'The date is not in question (any more).');
      case 'chain.find':
        return this.#find(command.visitor);
      case 'device.pair':
        return this.#pair(command.code);
      case 'device.rename':
        return this.#parts.devices.rename(command.device, command.name.trim()) ? done : noDevice;
      case 'device.remove':
        return this.#remove(command.device);
      case 'mapping.set':
        return this.#map(command.display, command.mapping);
      case 'mapping.reset':
        return this.#map(command.display, null);
    }
  }

  #recall(name: string): CommandAnswer {
    const preset = this.presets.find((candidate) => candidate.name === name);
    if (!preset) return refused('not-found', `There is no preset “${name}”.`);
    this.#parts.parameters.recall(preset.values);
    this.#parts.log.write('info', `Preset “${name}” recalled.`);
    return done;
  }

  #save(name: string): CommandAnswer {
    const others = this.presets.filter((preset) => preset.name !== name);
    if (others.length >= mostPresets) return refused('too-many', `There can be ${mostPresets} presets at most.`);
    const { parameters, now } = this.#parts;
    this.#update({ presets: [...others, { name, savedAt: now(), values: parameters.forPreset() }] });
    return done;
  }

  #delete(name: string): CommandAnswer {
    const presets = this.presets.filter((preset) => preset.name !== name);
    if (presets.length === this.presets.length) return refused('not-found', `There is no preset “${name}”.`);
    this.#update({ presets });
    return done;
  }

  async #forget(id: string): Promise<CommandAnswer> {
    const { chain, log } = this.#parts;
    try {
      if (!(await chain.forget(id))) return refused('not-found', 'There is no such face (any more).');
    } catch (error) {
      log.write('error', `A face could not be deleted: ${messageOf(error)}`);
      return refused('failed', `The face could not be deleted: ${messageOf(error)}`);
    }
    log.write('info', 'A face was deleted.');
    return done;
  }

  #find(number: number): CommandAnswer {
    const faces = this.#parts.chain.faces.filter(({ visitor }) => visitor <= number).slice(-facesAtOnce);
    if (faces.length === 0) return refused('not-found', `There is no face ${number} or before (any more).`);
    return { status: 'done', faces };
  }

  #pair(typed: string): CommandAnswer {
    const code = typed.replace(/[\s-]/g, '');
    if (!pairingCode.test(code)) return refused('invalid', 'A code has six digits.');
    if (this.#parts.pairing.confirm(code)) return done;
    return refused('not-found', 'No display shows this code now. Compare it with the one on the display.');
  }

  #remove(device: string): CommandAnswer {
    if (!this.#parts.devices.remove(device)) return noDevice;
    this.#parts.log.write('info', 'A paired device was removed.');
    return done;
  }

  #map(display: string, mapping: Mapping | null): CommandAnswer {
    if (!displayNamePattern.test(display)) return refused('invalid', 'This is not the name of a display.');
    const { [display]: before, ...others } = this.mappings;
    if (mapping && !before && Object.keys(others).length >= mostMappings) {
      return refused('too-many', `There can be mappings for ${mostMappings} displays at most.`);
    }
    this.#update({ mappings: mapping ? { ...others, [display]: mapping } : others });
    return done;
  }

  #update(parts: Partial<Pick<SavedState, 'presets' | 'mappings'>>): void {
    this.#parts.stateFile.update(parts);
    for (const listener of this.#listeners) listener();
  }
}

const done: CommandAnswer = { status: 'done' };
const refused = (code: RefusalCode, reason: string): CommandAnswer => ({ status: 'refused', code, reason });
const noDevice = refused('not-found', 'There is no such device (any more).');
