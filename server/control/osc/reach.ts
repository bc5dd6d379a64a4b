import { closest, distance } from 'fastest-levenshtein';
import { accept, type Result, refuse } from '../../protocol/result.ts';
import type { OscAddress } from './addresses.ts';
import type { OscValue } from './packet.ts';
import { isPattern, matches } from './pattern.ts';

/**
 * What a message means. An address that is written out may be anything; a pattern only sets parameters, of one kind, that
 * presets keep: `/familiar/direction/*`. A pattern that is wider than was meant must not take a portrait, end a visit or
 * black the wall out. All it meets must be of that sort, or nothing is done.
 */
export function reach(
  address: string,
  values: readonly OscValue[],
  known: readonly OscAddress[],
): Result<readonly OscAddress[]> {
  if (!isPattern(address)) {
    const found = known.find((candidate) => candidate.address === address);
    return found ? accept([found]) : refuse('not-found', unknown(address, known));
  }
  if (address.includes('//')) return refuse('invalid', '“//” is not understood: write the address out, or use *.');
  const found = known.filter((candidate) => matches(address, candidate.address));
  const [first] = found;
  if (!first) return refuse('not-found', 'No address is like this.');
  const alone = found.find(({ parameter }) => !parameter?.preset);
  if (alone) return refuse('not-allowed', `${alone.address} is never meant by a pattern: write it out.`);
  if (values.length === 0) return refuse('invalid', 'A pattern needs a value. To be told all values, subscribe.');
  const other = found.find(({ parameter }) => parameter?.type !== first.parameter?.type);
  if (other) {
    return refuse('wrong-type', `A pattern sets values of one kind: ${first.address} and ${other.address} differ.`);
  }
  return accept(found);
}

function unknown(address: string, known: readonly OscAddress[]): string {
  const near = closest(
    address,
    known.map((candidate) => candidate.address),
  );
  return `There is no such address${distance(address, near) <= 2 ? `; did you mean ${near}?` : '.'}`;
}
