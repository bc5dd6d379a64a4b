import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./stranger.js', import.meta.url));
const ip = (...args: string[]): boolean => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;

/** What another computer has of its connections. */
export interface Held {
  readonly open: number;
  readonly closed: number;
  /** Everything that was answered on them. */
  readonly heard: string;
}

/**
 * Another computer on a network with this one: a network namespace with 50 addresses of its own. Needs root on Linux;
 * null, with a printed reason, where it cannot be had.
 */
export function otherComputer() {
  const net = `10.77.${randomInt(1, 255)}`;
  const name = `ff${randomInt(1_000_000)}`;
  if (process.platform !== 'linux' || !ip('netns', 'add', name)) {
    console.log('Connections of another computer are not tried: network namespaces need root on Linux.');
    return null;
  }
  const inside = (...args: string[]) => ip('-n', name, ...args);
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`, 'netns', name);
  ip('addr', 'add', `${net}.1/24`, 'dev', name);
  ip('link', 'set', name, 'up');
  const own = Array.from({ length: 50 }, (_, k) => `${net}.${k + 2}`);
  for (const address of own) inside('addr', 'add', `${address}/24`, 'dev', `${name}p`);
  inside('link', 'set', `${name}p`, 'up');
  const children: ChildProcess[] = [];
  return {
    /** This computer, as the other one sees it. */
    address: `${net}.1`,
    /** The other one's addresses. */
    own,
    /** Opens `count` connections from some of the other computer's addresses, and says `words` on each; over https without looking at the certificate. */
    connect(port: number, count: number, addresses: readonly string[], words = '', scheme: 'http' | 'https' = 'http') {
      const args = [script, `${net}.1`, String(port), String(count), addresses.join(), words, scheme];
      const child = spawn('ip', ['netns', 'exec', name, process.execPath, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(child);
      let held: Held = { open: 0, closed: 0, heard: '' };
      let text = '';
      child.stdout.on('data', (data) => {
        text += data;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) held = JSON.parse(line);
      });
      return {
        get held() {
          return held;
        },
      };
    },
    async close(): Promise<void> {
      for (const child of children) {
        child.stdin?.end();
        if (child.exitCode === null) await once(child, 'exit');
      }
      ip('netns', 'del', name);
    },
  };
}
