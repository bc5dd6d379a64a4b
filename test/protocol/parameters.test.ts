import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultValues,
  describeParameters,
  type NumberParameter,
  type ParameterValues,
} from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';
import { validateParameter, validateValue } from '../../server/protocol/validate-parameter.ts';

const parameters = describeParameters({
  directions: [{ name: 'age', label: 'Age', min: -3, max: 3 }],
  languages: [...builtInLanguages, { code: 'nl', label: 'Nederlands' }],
});

describe('the description of the live parameters', () => {
  it('has one key and one OSC address each, and defaults that it accepts itself', () => {
    expect(new Set(parameters.map(({ key }) => key)).size).toBe(parameters.length);
    expect(new Set(parameters.map(({ osc }) => osc)).size).toBe(parameters.length);
    for (const parameter of parameters) {
      expect(parameter.osc).toMatch(/^\/familiar(\/[a-z][a-z0-9-]*)+$/);
      expect(validateValue(parameter, parameter.default)).toEqual({ ok: true, value: parameter.default });
    }
  });

  it('takes in the directions of the pack and the languages of the installation', () => {
    const values: ParameterValues = defaultValues(parameters);
    expect(values['direction.age']).toBe(0);
    expect(validateParameter(parameters, 'captionLanguage', 'nl').ok).toBe(true);
    expect(validateParameter(parameters, 'captionLanguage', 'xx').ok).toBe(false);
  });
});

describe('a value from outside', () => {
  it('is accepted only inside its range', () => {
    for (const parameter of parameters.filter((p): p is NumberParameter => p.type === 'number')) {
      fc.assert(
        fc.property(fc.double(), (value) => {
          expect(validateValue(parameter, value).ok).toBe(value >= parameter.min && value <= parameter.max);
        }),
        { numRuns: 50 },
      );
      for (const edge of [parameter.min, parameter.max]) expect(validateValue(parameter, edge).ok).toBe(true);
    }
  });

  it('of any other kind is refused with a code, never thrown at', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (key, value) => {
        expect(validateParameter(parameters, key, value).ok).toBe(false);
      }),
    );
    for (const parameter of parameters) {
      fc.assert(
        fc.property(
          fc.oneof(fc.object(), fc.array(fc.anything()), fc.constant(null), fc.constant(undefined)),
          (value) => {
            expect(validateValue(parameter, value)).toMatchObject({ ok: false, code: 'wrong-type' });
          },
        ),
        { numRuns: 20 },
      );
    }
  });

  it('may be 0 or 1 for a switch, as OSC sends it', () => {
    expect(validateParameter(parameters, 'freeze', 1)).toMatchObject({ ok: true, value: { value: true } });
    expect(validateParameter(parameters, 'freeze', 0)).toMatchObject({ ok: true, value: { value: false } });
    expect(validateParameter(parameters, 'freeze', 2).ok).toBe(false);
  });

  it('says what would be right', () => {
    expect(validateParameter(parameters, 'pace', 4)).toMatchObject({
      code: 'out-of-range',
      reason: 'Pace must be between 5 and 600 s.',
    });
    expect(validateParameter(parameters, 'look', 'oil')).toMatchObject({
      reason: 'Look must be one of plain, painterly, grain.',
    });
  });

  it('of text loses its control characters and has a limit', () => {
    expect(validateParameter(parameters, 'message', 'a\u0000\nb')).toMatchObject({ value: { value: 'a b' } });
    expect(validateParameter(parameters, 'message', 'x'.repeat(161)).ok).toBe(false);
  });
});
