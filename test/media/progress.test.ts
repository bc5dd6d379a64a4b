import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../server/media/progress.ts';

function terminal({ isTTY = true, columns = 100 } = {}) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  let time = 0;
  const progress = createProgress({ stream: stream as unknown as NodeJS.WriteStream, now: () => time });
  return {
    progress,
    written: () => text,
    /** The line as it stands: what was written since the cursor last went to its start, without control codes. */
    line: () => text.split('\x1b[1G').at(-1)!.replaceAll('\x1b[0K', ''),
    draws: () => text.split('\x1b[1G').length - 1,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe('progress', () => {
  it('shows label, bar, count, time left and note', () => {
    const { progress, line, wait } = terminal();
    const bar = progress('Ingrid', 200);
    expect(line()).toBe(`Ingrid  ${'─'.repeat(24)}    0/200`);
    for (let step = 1; step <= 50; step++) {
      wait(200);
      bar.update(step, `LPIPS 0.${500 - step}`);
    }
    expect(line()).toBe(`Ingrid  ${'━'.repeat(6)}${'─'.repeat(18)}   50/200  30 s left  LPIPS 0.450`);
    bar.done();
    expect(line()).toBe(`Ingrid  ${'━'.repeat(6)}${'─'.repeat(18)}   50/200  in 10 s  LPIPS 0.450\n`);
  });

  it('writes nothing where there is no terminal', () => {
    const { progress, written, wait } = terminal({ isTTY: false });
    const bar = progress('Ingrid', 2);
    wait(5000);
    bar.update(1, 'note');
    bar.done();
    expect(written()).toBe('');
  });

  it('does not draw at each update of a fast loop', () => {
    const { progress, draws, wait } = terminal();
    const bar = progress('Frames', 10_000);
    for (let i = 1; i <= 10_000; i++) {
      wait(1);
      bar.update(i);
    }
    bar.done();
    expect(draws()).toBeLessThanOrEqual(102);
  });

  it.each([20, 40, 60, 80])('never wraps, in %i columns', (columns) => {
    const { progress, written, wait } = terminal({ columns });
    const bar = progress('A person with quite a long name of several words', 1234);
    for (let i = 1; i < 20; i++) {
      wait(1000);
      bar.update(i * 60, 'and a note that says more than a terminal has room for');
    }
    bar.done();
    for (const line of written().replaceAll('\x1b[0K', '').split('\x1b[1G')) {
      expect(line.trimEnd().length).toBeLessThan(columns);
    }
  });

  it('keeps what it is told within its bounds, and is silent after its end', () => {
    const { progress, line, wait, written } = terminal();
    const bar = progress('x', 3);
    wait(1000);
    bar.update(9);
    expect(line()).toContain('3/3');
    bar.done();
    const before = written();
    bar.update(1);
    bar.done();
    expect(written()).toBe(before);
  });

  it('survives work of nothing', () => {
    const { progress, line } = terminal();
    progress('x', 0).done();
    expect(line()).toContain('0/0');
  });

  it('does not keep the process alive when work fails without ending it', () => {
    const module = fileURLToPath(new URL('../../server/media/progress.ts', import.meta.url));
    const code = `
      import { createProgress } from ${JSON.stringify(module)};
      Object.assign(process.stderr, { isTTY: true });
      createProgress({ stream: process.stderr, now: Date.now })('x', 5).update(1);
      console.log('end');`;
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(output).toBe('end\n');
  });
});
