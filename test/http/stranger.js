// Opens TCP connections and says each 50 ms what became of them, until its input ends. See `otherComputer`.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [host, port, count, addresses, words, scheme] = process.argv.slice(2);
const sources = addresses.split(',');
const held = { open: 0, closed: 0, heard: '' };
for (let k = 0; k < Number(count); k++) {
  const options = { host, port: Number(port), localAddress: sources[k % sources.length], rejectUnauthorized: false };
  const socket = scheme === 'https' ? connectTls(options) : connect(options);
  let isOpen = false;
  socket.on(scheme === 'https' ? 'secureConnect' : 'connect', () => {
    isOpen = true;
    held.open += 1;
    socket.write(words);
  });
  socket.on('data', (data) => {
    held.heard = (held.heard + data).slice(-4_000);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (isOpen) held.open -= 1;
    held.closed += 1;
  });
}
const timer = setInterval(() => process.stdout.write(`${JSON.stringify(held)}\n`), 50);
process.stdin.resume().on('end', () => {
  clearInterval(timer);
  process.exit(0);
});
