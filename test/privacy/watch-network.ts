/**
 * Runs commands one after the other in a network of their own, and prints as its last line what they asked of others:
 * the names they looked up, the connections that went to those names, and the packets sent to any other address.
 * Its arguments: the steps as JSON. It must be started by `apart` (quiet-network.ts), where its own name server is the only one.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Seen, Step } from './quiet-network.ts';

const names = new Set<string>();
let connections = 0;

const nameServer = createSocket('udp4', (question, { address, port }) => {
  names.add(nameIn(question));
  nameServer.send(answerTo(question), port, address);
});
nameServer.bind(53, '127.0.0.1');
const strangers = [80, 443].map((port) =>
  createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(port, '127.0.0.9'),
);
await Promise.all([nameServer, ...strangers].map((server) => once(server, 'listening')));

/** The name that a question asks for. */
function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at] > 0; at += question[at] + 1) {
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]));
  }
  return labels.join('.');
}

/** 127.0.0.9 to whoever asks for an IPv4 address; nothing to other questions. */
function answerTo(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const asksForAddress = question.readUInt16BE(end - 4) === 1;
  const head = Buffer.from([question[0], question[1], 0x81, 0x80, 0, 1, 0, asksForAddress ? 1 : 0, 0, 0, 0, 0]);
  const address = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 9];
  return Buffer.concat([head, question.subarray(12, end), Buffer.from(asksForAddress ? address : [])]);
}

/** Packets that left by the only way out. */
const sent = (): number =>
  Number(/^ *outside:(.*)$/m.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1].trim().split(/\s+/)[9]);

/** Runs a step to its end, or until it has said or asked what it is waited for, and then ends it. */
async function run({ command, args, says, asks }: Step): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  let isWanted = says === undefined && asks === undefined;
  for (; child.exitCode === null && child.signalCode === null; await new Promise((next) => setTimeout(next, 50))) {
    if (isWanted || (says !== undefined ? !output.includes(says) : !names.has(asks as string))) continue;
    isWanted = true;
    // npm and what it has started.
    process.kill(-(child.pid as number), 'SIGTERM');
  }
  const [code] = await ended;
  const isFine = says === undefined && asks === undefined ? code === 0 : isWanted;
  if (!isFine) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

for (const step of JSON.parse(process.argv[2]) as Step[]) await run(step);
const seen: Seen = { names: [...names].sort(), connections, packets: sent() };
process.stdout.write(`\n${JSON.stringify(seen)}\n`);
process.exit();
