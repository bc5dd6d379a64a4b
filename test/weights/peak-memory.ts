import { existsSync, readFileSync } from 'node:fs';

/**
 * Most memory that this process ever had, in bytes. Linux counts in `maxRSS` what the parent had when it started this
 * process, and in VmHWM what is this process's own.
 */
export function peakMemory(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) * 1024;
}
