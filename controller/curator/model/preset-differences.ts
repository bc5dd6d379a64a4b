import type { Parameter, ParameterValue } from '../../../server/protocol/parameters.ts';
import { valueText } from './parameter-view.ts';

type Values = Readonly<Record<string, ParameterValue>>;

/** What a preset would change: `Pace to 120 s`. Parameters that this installation no longer has are left out. Pure. */
export function presetDifferences(preset: Values, now: Values, descriptions: readonly Parameter[]): readonly string[] {
  return descriptions
    .filter(({ key }) => Object.hasOwn(preset, key) && preset[key] !== now[key])
    .map((parameter) => `${parameter.label} to ${valueText(parameter, preset[parameter.key])}`);
}
