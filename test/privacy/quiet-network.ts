import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../server/paths.ts';
import { childOf } from './home.ts';

/** A command that is run to its end, or until it has said some words or looked up a name. */
export interface Step {
  readonly command: string;
  readonly args: readonly string[];
  readonly says?: string;
  readonly asks?: string;
}

/** What commands asked of other computers. */
export interface Seen {
  readonly names: readonly string[];
  /** Connections to the computers with those names. */
  readonly connections: number;
  /** Packets to any other computer. */
  readonly packets: number;
}

/**
 * A network with one way out, on which nobody answers and every packet counts; names are asked of this computer itself.
 * Without IPv6, whose kernel sends packets by itself.
 */
const setUp = `
ip link set lo up
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true
ip link add outside type veth peer name nobody
ip addr add 192.0.2.1/24 dev outside
ip link set nobody up
ip link set outside up
ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev outside
ip route add default via 192.0.2.2
echo 'nameserver 127.0.0.1' > "$TMPDIR/resolv.conf"
mount --bind "$TMPDIR/resolv.conf" /etc/resolv.conf
rm "$TMPDIR/resolv.conf" || true
`;

/** With processes of its own as well: all end with the first. */
const apartWords = (script: string): string[] => ['-rmnpf', '--mount-proc', '--kill-child', 'sh', '-ec', script];

/** Why commands cannot be watched here, or null. */
export function watchingMissing(): string | null {
  const { status, error, stderr } = spawnSync('unshare', apartWords(setUp), {
    env: { ...process.env, TMPDIR: '/tmp' },
    encoding: 'utf8',
  });
  return status === 0 ? null : `no network of its own here (${error?.message ?? stderr.trim().split('\n').at(-1)})`;
}

/** Runs steps in a network of their own and tells what they asked of others. */
export async function apart(steps: readonly Step[], env: NodeJS.ProcessEnv): Promise<Seen> {
  const watch = [process.execPath, ...childOf('watch-network.ts'), JSON.stringify(steps)];
  const child = spawn('unshare', [...apartWords(`${setUp}\nexec "$0" "$@"`), ...watch], { cwd: packageRoot, env });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (errors += data));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`watching ended with ${code}:\n${errors}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** A command of the piece, from its sources. */
export const familiarFaces = (...args: string[]): Step => ({
  command: process.execPath,
  args: ['--import', 'tsx', fileURLToPath(new URL('../../server/cli.ts', import.meta.url)), ...args],
});
