import type { Parameter, ParameterValue } from './parameters.ts';
import { accept, type Result, refuse } from './result.ts';

/**
 * Checks a value from outside against its parameter. Never throws, never bends a value into range: a slider that shows
 * 600 must not stand at 60. A number given for a switch (0 or 1) is taken, because OSC clients have no other way.
 */
export function validateParameter(
  parameters: readonly Parameter[],
  key: unknown,
  value: unknown,
): Result<{ readonly parameter: Parameter; readonly value: ParameterValue }> {
  const parameter = parameters.find((candidate) => candidate.key === key);
  if (!parameter) return refuse('unknown-parameter', `There is no parameter “${shorten(key)}”.`);
  const checked = validateValue(parameter, value);
  return checked.ok ? accept({ parameter, value: checked.value }) : checked;
}

export function validateValue(parameter: Parameter, value: unknown): Result<ParameterValue> {
  const { label } = parameter;
  switch (parameter.type) {
    case 'number': {
      const { min, max, unit } = parameter;
      if (typeof value !== 'number') return refuse('wrong-type', `${label} must be a number.`);
      // The negation also refuses NaN.
      if (!(value >= min && value <= max)) {
        return refuse('out-of-range', `${label} must be between ${min} and ${max}${unit && ` ${unit}`}.`);
      }
      return accept(value);
    }
    case 'boolean':
      if (value === 0 || value === 1) return accept(value === 1);
      return typeof value === 'boolean' ? accept(value) : refuse('wrong-type', `${label} must be true or false.`);
    case 'choice': {
      const allowed = parameter.choices.map((choice) => choice.value).join(', ');
      if (typeof value !== 'string') return refuse('wrong-type', `${label} must be one of ${allowed}.`);
      if (!parameter.choices.some((choice) => choice.value === value)) {
        return refuse('out-of-range', `${label} must be one of ${allowed}.`);
      }
      return accept(value);
    }
    case 'text':
      if (typeof value !== 'string') return refuse('wrong-type', `${label} must be text.`);
      if (value.length > parameter.maxLength) {
        return refuse('out-of-range', `${label} can have ${parameter.maxLength} characters at most.`);
      }
      return accept(value.replace(/\p{Cc}+/gu, ' '));
  }
}

const shorten = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 60) : typeof value);
