import type { Command } from '../../../server/protocol/commands.ts';
import type { Parameter } from '../../../server/protocol/parameters.ts';
import { valueText } from './parameter-view.ts';

/** A command in a few words, for its acknowledgement. Pure. */
export function commandLabel(command: Command, descriptions: readonly Parameter[]): string {
  switch (command.type) {
    case 'set': {
      const parameter = descriptions.find(({ key }) => key === command.key);
      return parameter ? `${parameter.label}: ${valueText(parameter, command.value)}` : command.key;
    }
    case 'begin':
      return command.ticket === undefined ? 'Begin a visit' : `Begin with number ${command.ticket}`;
    case 'consent':
      return 'Consent';
    case 'capture':
      return 'Take the portrait';
    case 'keep':
      return 'Keep the portrait';
    case 'again':
      return 'Take it again';
    case 'leave':
      return 'Leave';
    case 'queue.join':
      return 'Take a number';
    case 'queue.leave':
      return `Take number ${command.ticket} out of the queue`;
    case 'stay':
      return 'Stay';
    case 'skip':
      return 'Skip';
    case 'attract':
      return 'Back to attract';
    case 'preset.recall':
      return `Recall “${command.name}”`;
    case 'preset.save':
      return `Save “${command.name}”`;
    case 'preset.delete':
      return `Delete preset “${command.name}”`;
    case 'chain.forget':
      return 'Delete a face';
    case 'chain.confirmClock':
      return 'Confirm the date';
    case 'chain.find':
      return `Faces up to number ${command.visitor}`;
    case 'device.pair':
      return 'Pair a display';
    case 'device.rename':
      return `Name a device “${command.name}”`;
    case 'device.remove':
      return 'Remove a device';
    case 'mapping.set':
      return `Mapping of “${command.display}”`;
    case 'mapping.reset':
      return `Reset mapping of “${command.display}”`;
  }
}

/** Commands of the same key are one line of the acknowledgements: a dragged slider is one thing, not fifty. */
export function commandKey(command: Command): string {
  if (command.type === 'set') return `set ${command.key}`;
  if (command.type === 'mapping.set') return `mapping ${command.display}`;
  return command.type;
}
