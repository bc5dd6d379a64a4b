import { InvalidArgumentError } from 'commander';

/** Option parsers: each throws commander's usage error, which ends the command with exit code 2. */

/** A whole number between two limits. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || n < min || n > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return n;
  };

/** A number between two limits. */
export const numberBetween =
  (min: number, max: number) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === '' || !(n >= min && n <= max)) {
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    }
    return n;
  };
