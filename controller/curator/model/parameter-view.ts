import {
  type ChoiceParameter,
  type NumberParameter,
  type Parameter,
  type ParameterGroup,
  type ParameterValue,
  parameterGroups,
} from '../../../server/protocol/parameters.ts';
import { decimals, type Range } from './scale.ts';

/** The big buttons at the side; they are not shown twice. */
const apart: ReadonlySet<string> = new Set(['freeze', 'blackout']);

export interface ParameterSection {
  readonly group: ParameterGroup;
  readonly title: string;
  readonly parameters: readonly Parameter[];
}

/** What a curator may change, in the groups and order of the description; empty groups are left out. Pure. */
export function parameterSections(descriptions: readonly Parameter[]): readonly ParameterSection[] {
  const open = descriptions.filter(({ key, writers }) => writers.includes('curator') && !apart.has(key));
  return (Object.keys(parameterGroups) as ParameterGroup[])
    .map((group) => ({
      group,
      title: parameterGroups[group],
      parameters: open.filter((parameter) => parameter.group === group),
    }))
    .filter(({ parameters }) => parameters.length > 0);
}

/** The slider's range of a number. A logarithm has no zero: such a range is shown evenly. */
export const rangeOf = ({ min, max, step, scale }: NumberParameter): Range => ({
  min,
  max,
  step,
  scale: min > 0 ? scale : 'linear',
});

/** Whether the choices are few and short enough to stand side by side. Pure. */
export const fitsButtons = ({ choices }: ChoiceParameter): boolean =>
  choices.length <= 4 && choices.reduce((letters, { label }) => letters + label.length, 0) <= 50;

/** A value in words: `60 s`, `on`, `Painterly`. Pure. */
export function valueText(parameter: Parameter, value: ParameterValue): string {
  switch (parameter.type) {
    case 'number':
      return numberText(Number(value), parameter.step, parameter.unit);
    case 'boolean':
      return value ? 'on' : 'off';
    case 'choice':
      return parameter.choices.find((choice) => choice.value === value)?.label ?? String(value);
    case 'text':
      return value === '' ? 'empty' : `“${value}”`;
  }
}

export const numberText = (value: number, step: number, unit: string): string =>
  value.toFixed(decimals(step)) + (unit && ` ${unit}`);
