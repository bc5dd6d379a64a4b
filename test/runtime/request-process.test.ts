import { afterEach, describe, expect, it } from 'vitest';
import { forkModule } from '../../server/runtime/fork-module.ts';
import { RequestProcess, type RequestProcessOptions } from '../../server/runtime/request-process.ts';

let open: RequestProcess<string, string>;
let told: (string | null)[] = [];
afterEach(() => open.close());

function start(options: Partial<RequestProcessOptions> = {}, args: string[] = []): typeof open {
  told = [];
  open = new RequestProcess<string, string>({
    fork: () => forkModule('./request-child', import.meta.url, { args }),
    patience: 10_000,
    startPatience: 30_000,
    attempts: 2,
    onTrouble: (reason) => told.push(reason),
    ...options,
  });
  return open;
}

describe('a process that answers requests', () => {
  it('answers in order, and failures in words', async () => {
    const child = start();
    const answers = await Promise.allSettled(['a', 'fail', 'b'].map((request) => child.ask(request)));
    expect(answers).toMatchObject([
      { value: `a by ${child.pid}` },
      { reason: { message: 'it failed', code: '' } },
      { value: `b by ${child.pid}` },
    ]);
    expect(told).toEqual([]);
  });

  it('is replaced where a request ends it, and the requests behind it are answered', async () => {
    const child = start();
    const [dead, next] = await Promise.allSettled([child.ask('die'), child.ask('b')]);
    expect(dead).toMatchObject({ reason: { message: 'its process ended (5)', exitCode: 5 } });
    expect(next).toMatchObject({ value: `b by ${child.pid}` });
    // Two processes tried it.
    expect(told).toEqual(['its process ended (5)', 'its process ended (5)', null]);
  });

  it('is replaced where it hangs', async () => {
    const child = start({ patience: 1_000, attempts: 1 });
    await child.ask('a');
    await expect(child.ask('hang')).rejects.toMatchObject({ message: 'it did not answer for 1 s', exitCode: null });
    expect(await child.ask('b')).toMatch(/^b by/);
  });

  it.skipIf(process.platform === 'win32')('is found hanging while nobody asks', async () => {
    const child = start({ patience: 1_000, pingsWhenIdle: true });
    await child.ask('a');
    const { pid } = child;
    process.kill(pid as number, 'SIGSTOP');
    await expect.poll(() => told, { timeout: 30_000 }).toEqual(['it did not answer for 1 s', null]);
    expect(child.pid).not.toBe(pid);
  });

  it('gives a request up where it never gets ready', async () => {
    const child = start({ startPatience: 300 }, ['never-ready']);
    await expect(child.ask('a')).rejects.toThrow('it did not answer');
    expect(told).toHaveLength(2);
    expect(child.pid).toBeNull();
  });

  it('says why it cannot be prepared', async () => {
    await expect(start({}, ['unprepared']).ask('a')).rejects.toThrow('nothing is prepared');
  });

  it.skipIf(process.platform === 'win32')('is closed also where it hangs', async () => {
    const child = start();
    await child.ask('a');
    process.kill(child.pid as number, 'SIGSTOP');
    const lost = child.ask('b');
    await Promise.all([expect(lost).rejects.toThrow('it is closed'), child.close()]);
    await expect(child.ask('c')).rejects.toThrow('it is closed');
  });
});
