import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SilentProxy {
  readonly origin: string;
  /**
   * From now on nothing passes through the open connections, and none is closed; new ones work. With `paths`, only those
   * that asked for one of them.
   */
  silence(paths?: readonly string[]): void;
  close(): Promise<void>;
}

/** A network between a tablet and the server on `port` that loses connections without a word, as Wi-Fi does. */
export async function silentProxyTo(port: number): Promise<SilentProxy> {
  const open = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  /** What each connection asked for first. */
  const asked = new WeakMap<Socket, string>();
  const pass = (from: Socket, to: Socket) => {
    open.add(from);
    from.on('data', (bytes) => !silenced.has(from) && to.write(bytes));
    from.on('error', () => from.destroy());
    from.on('close', () => {
      open.delete(from);
      if (!silenced.has(from)) to.destroy();
    });
  };
  const proxy = createServer((tablet) => {
    const server = connect(port, '127.0.0.1');
    tablet.once('data', (bytes) => {
      const path = /^GET ([^ ?]*)/.exec(bytes.toString('latin1'))?.[1] ?? '';
      for (const end of [tablet, server]) asked.set(end, path);
    });
    pass(tablet, server);
    pass(server, tablet);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    silence(paths) {
      for (const socket of open) if (!paths || paths.includes(asked.get(socket) ?? '')) silenced.add(socket);
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
