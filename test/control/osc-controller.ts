import { createSocket, type Socket } from 'node:dgram';
import { expect } from 'vitest';
import { type OscValue, readPacket, writeMessage } from '../../server/control/osc/packet.ts';

export async function until(what: () => unknown): Promise<void> {
  const end = Date.now() + 30_000;
  while (!what()) {
    if (Date.now() > end) throw new Error(`In vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A controller of OSC on a port of its own. */
export class Controller {
  /** The port of the piece. */
  readonly #to: () => number;
  readonly socket: Socket = createSocket('udp4');
  heard: { address: string; values: readonly OscValue[]; at: number }[] = [];

  constructor(to: () => number) {
    this.#to = to;
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** The values heard at an address, in order. */
  at(address: string): readonly unknown[] {
    return this.heard.filter((one) => one.address === address).map(({ values }) => values[0]);
  }

  async open(): Promise<this> {
    this.socket.on('message', (packet) => {
      for (const { address, values } of readPacket(packet)?.messages ?? [])
        this.heard.push({ address, values, at: performance.now() });
    });
    await new Promise<void>((resolve) => this.socket.bind(0, '127.0.0.1', resolve));
    return this;
  }

  send(address: string, ...values: (number | string | boolean)[]): void {
    this.raw(writeMessage(address, values));
  }

  /** Sends many, with pauses: the kernel keeps few that are not read yet. */
  async all(packets: readonly Uint8Array[]): Promise<void> {
    for (const [i, packet] of packets.entries()) {
      this.raw(packet);
      if (packet.byteLength > 1_000 || i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  raw(packet: Uint8Array): void {
    this.socket.send(packet, this.#to(), '127.0.0.1');
  }

  async hears(address: string, ...values: unknown[]): Promise<void> {
    const wanted = JSON.stringify(values);
    await until(() => this.heard.some((one) => one.address === address && JSON.stringify(one.values) === wanted)).catch(
      () => expect.fail(`not heard: ${address} ${wanted}; heard at last ${JSON.stringify(this.heard.slice(-5))}`),
    );
  }
}
