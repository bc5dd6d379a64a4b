import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJournal, encodeRecord, JournalWriter, readJournal, shrinkRecords } from '../../server/chain/journal.ts';
import { decodeStep, encodeStep } from '../../server/chain/step-record.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const payloads = [10, 0, 3, 200, 77].map((length, i) =>
  Uint8Array.from({ length }, (_, k) => (i === 3 ? 'FFJ1'.charCodeAt(k % 4) : (k * 31 + i) % 256)),
);
const whole = Buffer.concat(payloads.map(encodeRecord));
const ends = payloads.map((_, i) => Buffer.concat(payloads.slice(0, i + 1).map(encodeRecord)).length);
const asArrays = (list: readonly Uint8Array[]) => list.map((bytes) => [...bytes]);

describe('a journal', () => {
  it('cut off at any byte loses at most the record in hand', () => {
    for (let length = 0; length <= whole.length; length++) {
      const kept = ends.filter((end) => end <= length).length;
      const { payloads: read, end } = decodeJournal(whole.subarray(0, length));
      expect(asArrays(read)).toEqual(asArrays(payloads.slice(0, kept)));
      expect(end).toBe(kept === 0 ? 0 : ends[kept - 1]);
    }
  });

  it('with any byte damaged loses at most the record that holds it', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] ^= flip;
        const hit = ends.findIndex((end) => at < end);
        const { payloads: read } = decodeJournal(damaged);
        expect(asArrays(read)).toEqual(asArrays(payloads.filter((_, i) => i !== hit)));
      }
    }
  });

  it('of any bytes is read without a crash', () => {
    const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(Buffer.from('FFJ1'))));
    fc.assert(
      fc.property(pieces, (parts) => {
        const { end } = decodeJournal(Buffer.concat(parts));
        expect(end).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(decodeJournal(Buffer.alloc(5_000)).payloads).toEqual([]);
  });

  it('is gone on with after its torn end', async () => {
    const path = join(folder, 'torn');
    const writer = await JournalWriter.open(path);
    for (const payload of payloads) await writer.append(payload);
    await writer.close();
    expect(await readFile(path)).toEqual(whole);
    await truncate(path, whole.length - 5);
    const { end } = await readJournal(path);
    const again = await JournalWriter.open(path, end);
    await Promise.all([again.append(Buffer.from('a')), again.append(Buffer.from('b'))]);
    await again.close();
    const { payloads: read } = await readJournal(path);
    expect(asArrays(read)).toEqual(asArrays([...payloads.slice(0, 4), Buffer.from('a'), Buffer.from('b')]));
  });

  it('whose records are made smaller keeps its length and the others, and is gone on with', async () => {
    const path = join(folder, 'smaller');
    const writer = await JournalWriter.open(path);
    for (const payload of payloads) await writer.append(payload);
    const small = [payloads[0].subarray(0, 4), payloads[1], payloads[2], Buffer.from('FFJ1'), payloads[4]];
    const starts = ends.map((_, i) => ends[i - 1] ?? 0);
    expect(await shrinkRecords(path, 0, () => small)).toEqual(starts);
    expect(await readFile(path)).toHaveLength(whole.length);
    expect(asArrays((await readJournal(path)).payloads)).toEqual(asArrays(small));
    // From one on, nothing before it is touched.
    expect(await shrinkRecords(path, starts[4], () => [Buffer.from('c')])).toEqual([starts[4]]);
    await writer.append(payloads[2]);
    await writer.close();
    const expected = asArrays([...small.slice(0, 4), Buffer.from('c'), payloads[2]]);
    expect(asArrays((await readJournal(path)).payloads)).toEqual(expected);
    expect(await shrinkRecords(join(folder, 'nowhere'), 0, (all) => all)).toEqual([]);
  });

  it('that is not there is empty', async () => {
    expect((await readJournal(join(folder, 'nowhere'))).payloads).toEqual([]);
  });
});

describe('a step', () => {
  it('is read as it was written', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const ws = fc.option(fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true }));
    const noise = fc.option(fc.uint16Array({ minLength: 1, maxLength: 40 }));
    const steps = fc.record({
      step: fc.nat(),
      done: unit,
      loss: fc.double({ noNaN: true }),
      likeness: unit,
      ws,
      noise,
    });
    fc.assert(
      fc.property(steps, (step) => {
        expect(decodeStep(encodeStep(step))).toEqual(step);
      }),
    );
  });

  it('of other bytes is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const step = decodeStep(bytes);
        if (step !== null) expect(step.done).toBeLessThanOrEqual(1);
      }),
    );
  });
});
