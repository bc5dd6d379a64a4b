import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/**
 * A reverse proxy on this computer as museums have them before their servers: it says for whom it asks. Whoever comes
 * through it comes from elsewhere.
 */
export async function forwardTo(port: number): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const forwarded = ({ headers }: IncomingMessage) => ({ ...headers, 'x-forwarded-for': '192.168.1.77' });
  const proxy = createServer((from, answer) => {
    const { method, url } = from;
    const to = request({ host: '127.0.0.1', port, method, path: url, headers: forwarded(from) }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    to.on('error', () => answer.destroy());
    from.pipe(to);
  });
  proxy.on('upgrade', (from: IncomingMessage, socket, head: Buffer) => {
    const to = connect(port, '127.0.0.1', () => {
      const lines = Object.entries(forwarded(from)).map(([name, value]) => `${name}: ${value}`);
      to.write(`GET ${from.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      to.write(head);
      to.pipe(socket).pipe(to);
    });
    const end = () => [socket, to].forEach((end) => void end.destroy());
    for (const one of [socket, to]) one.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
