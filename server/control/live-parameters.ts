import type { SavedState } from '../config/state-file.ts';
import type { Off } from '../installation/ports.ts';
import type { Parameter, ParameterValue, ParameterValues, Source } from '../protocol/parameters.ts';
import { accept, type Result, refuse } from '../protocol/result.ts';
import { validateParameter } from '../protocol/validate-parameter.ts';

export interface ParameterChange {
  readonly parameter: Parameter;
  readonly value: ParameterValue;
  readonly source: Source;
}

type Saved = SavedState['live'];

/**
 * The one set of live values, whoever changes them. What a person changed is remembered over a restart, until the line
 * in installation.yaml is changed after it: whoever spoke last is right.
 */
export class LiveParameters {
  #descriptions: readonly Parameter[] = [];
  #defaults = {} as ParameterValues;
  #values = {} as ParameterValues;
  #saved: Saved = {};
  /** Remembered values of parameters that do not exist (yet): those of another pack come back with it. */
  #unknown: Saved;
  readonly #listeners = new Set<(change: ParameterChange) => void>();

  /**
   * @param defaults what installation.yaml says, complete
   * @param saved what was changed in earlier lives of the piece; what does not fit any more is dropped
   */
  constructor(descriptions: readonly Parameter[], defaults: ParameterValues, saved: Saved) {
    this.#unknown = saved;
    this.add(descriptions, defaults);
  }

  get descriptions(): readonly Parameter[] {
    return this.#descriptions;
  }

  /** Adds parameters that became known later, such as the directions of a pack; those that exist stay as they are. */
  add(descriptions: readonly Parameter[], defaults: ParameterValues): void {
    const added = descriptions.filter(({ key }) => !this.#descriptions.some((known) => known.key === key));
    this.#descriptions = [...this.#descriptions, ...added];
    for (const { key } of added) {
      const byDefault = at(defaults, key);
      this.#defaults = { ...this.#defaults, [key]: byDefault };
      this.#values = { ...this.#values, [key]: byDefault };
      if (!Object.hasOwn(this.#unknown, key)) continue;
      const { [key]: remembered, ...unknown } = this.#unknown;
      this.#unknown = unknown;
      const checked = validateParameter(added, key, remembered.value);
      if (!checked.ok || remembered.over !== byDefault) continue;
      this.#values = { ...this.#values, [key]: checked.value.value };
      this.#saved = { ...this.#saved, [key]: { value: checked.value.value, over: byDefault } };
    }
  }

  /** A new object after every change. */
  get values(): ParameterValues {
    return this.#values;
  }

  /** For the state file. */
  get saved(): Saved {
    return { ...this.#unknown, ...this.#saved };
  }

  set(key: string, value: unknown, source: Source): Result<ParameterChange> {
    const checked = validateParameter(this.#descriptions, key, value);
    if (!checked.ok) return checked;
    const { parameter, value: valid } = checked.value;
    if (!parameter.writers.includes(source)) {
      return refuse('not-allowed', `${parameter.label} cannot be changed from here.`);
    }
    const change: ParameterChange = { parameter, value: valid, source };
    this.#apply([change]);
    return accept(change);
  }

  /** Sets many at once; those that do not fit (another pack, an older version) are left as they are. */
  recall(values: Readonly<Record<string, ParameterValue>>): void {
    this.#apply(
      Object.entries(values).flatMap(([key, value]) => {
        const checked = validateParameter(this.#descriptions, key, value);
        return checked.ok && checked.value.parameter.preset ? [{ ...checked.value, source: 'system' as const }] : [];
      }),
    );
  }

  /** The values that a preset keeps. */
  forPreset(): Record<string, ParameterValue> {
    const kept = this.#descriptions.filter(({ preset }) => preset);
    return Object.fromEntries(kept.map(({ key }) => [key, at(this.#values, key)]));
  }

  onChange(listener: (change: ParameterChange) => void): Off {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #apply(changes: readonly ParameterChange[]): void {
    const real = changes.filter(({ parameter, value }) => at(this.#values, parameter.key) !== value);
    if (real.length === 0) return;
    const saved: Record<string, Saved[string]> = { ...this.#saved };
    for (const { parameter, value } of real) {
      const over = at(this.#defaults, parameter.key);
      if (value === over) delete saved[parameter.key];
      else saved[parameter.key] = { value, over };
    }
    this.#saved = saved;
    this.#values = Object.assign(
      { ...this.#values },
      ...real.map(({ parameter, value }) => ({ [parameter.key]: value })),
    );
    for (const change of real) for (const listener of this.#listeners) listener(change);
  }
}

const at = (values: ParameterValues, key: string): ParameterValue => values[key as keyof ParameterValues];
