import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CameraLink, type CameraSocket } from '../../controller/visitor/camera/camera-link.ts';
import type { PictureWish } from '../../controller/visitor/camera/encode-picture.ts';
import type { CameraView } from '../../controller/visitor/camera/tablet-camera.ts';
import { heartbeat, heartbeatIntervalMs } from '../../server/protocol/heartbeat.ts';
import { routes } from '../../server/protocol/routes.ts';
import { FakeStreams } from '../e2e/fake-streams.ts';

const soon = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const facts = { label: 'Front camera', width: 1920, height: 1440 };
const ready: CameraView = { status: 'closed', problem: null, facts };

describe('lending the tablet’s camera', () => {
  let http: Server;
  let streams: FakeStreams;
  let link: CameraLink;
  let wishes: PictureWish[];
  let picture: (wish: PictureWish) => Promise<{ width: number; height: number; bytes: Uint8Array<ArrayBuffer> }>;

  beforeEach(async () => {
    streams = new FakeStreams();
    http = createServer();
    streams.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    wishes = [];
    picture = async () => ({ width: 4, height: 3, bytes: new Uint8Array([1, 2, 3]) });
    link = new CameraLink({
      openSocket: () => new WebSocket(`ws://127.0.0.1:${port}${routes.camera}?v=1&client=x`) as unknown as CameraSocket,
      picture: (wish) => {
        wishes.push(wish);
        return picture(wish);
      },
      state: () => 'framing',
      now: Date.now,
      random: () => 0,
    });
    link.open();
    link.report(ready);
    await soon(() => expect(streams.reports).toHaveLength(1));
  });

  afterEach(() => {
    link.close();
    streams.close();
    http.close();
  });

  it('says once how the camera is, and again after every reconnection', async () => {
    link.report(ready);
    await pause(30);
    expect(streams.reports).toEqual([{ type: 'ready', ...facts }]);
    link.report({ ...ready, problem: 'insecure' });
    await soon(() => expect(streams.reports[1]).toMatchObject({ type: 'trouble', trouble: 'denied' }));
    streams.cut();
    await soon(() => expect(streams.reports[2]).toMatchObject({ type: 'trouble', trouble: 'denied' }));
  });

  it('can be made anew at once where the connection is suspected to be dead, and goes on then', async () => {
    link.reconnect();
    await soon(() => expect(streams.reports).toHaveLength(2));
    await soon(() => expect(streams.cameras.size).toBe(1));
    streams.cut();
    await soon(() => expect(streams.reports).toHaveLength(3));
  });

  it('gives up a connection that does not come about, and tries again', () => {
    vi.useFakeTimers();
    const opened: string[] = [];
    const silent = new CameraLink({
      openSocket: () => {
        opened.push('open');
        return { binaryType: '', onopen: null, onmessage: null, onclose: null, send: () => {}, close: () => {} };
      },
      picture: (wish) => picture(wish),
      state: () => 'framing',
      now: Date.now,
      random: () => 0,
    });
    silent.open();
    vi.advanceTimersByTime(20_000);
    silent.close();
    vi.useRealTimers();
    expect(opened.length).toBeGreaterThan(3);
  });

  it('connects again where nothing is heard any more, and never where heartbeats come', () => {
    vi.useFakeTimers();
    const sockets: CameraSocket[] = [];
    const quiet = new CameraLink({
      openSocket: () => {
        const socket = {
          binaryType: '',
          onopen: null,
          onmessage: null,
          onclose: null,
          send: () => {},
          close: () => {},
        };
        sockets.push(socket);
        return socket;
      },
      picture: (wish) => picture(wish),
      state: () => 'framing',
      now: Date.now,
      random: () => 0,
    });
    quiet.open();
    sockets[0].onopen?.();
    for (let beat = 0; beat < 100; beat++) {
      vi.advanceTimersByTime(heartbeatIntervalMs);
      sockets[0].onmessage?.({ data: heartbeat });
    }
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(30_000);
    expect(sockets.length).toBeGreaterThan(1);
    quiet.close();
    const { length } = sockets;
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(sockets).toHaveLength(length);
  });

  it('sends previews only when asked, and no more once told to stop', async () => {
    await pause(60);
    expect(streams.pictures).toHaveLength(0);
    streams.order({ type: 'start', fps: 30, side: 320 });
    await soon(() => expect(streams.pictures.length).toBeGreaterThan(2));
    expect(streams.pictures[0].header).toMatchObject({ kind: 'preview', state: 'framing', width: 4, height: 3 });
    expect(streams.pictures[0].payload).toEqual(new Uint8Array([1, 2, 3]));
    expect(wishes[0].side).toBe(320);
    streams.order({ type: 'stop' });
    await pause(60);
    const { length } = streams.pictures;
    await pause(120);
    expect(streams.pictures).toHaveLength(length);
  });

  it('sends the next preview only once the last was acknowledged', async () => {
    streams.acknowledging = false;
    streams.order({ type: 'start', fps: 30, side: 320 });
    await soon(() => expect(streams.pictures).toHaveLength(1));
    await pause(150);
    expect(streams.pictures).toHaveLength(1);
  });

  it('never has two pictures encoding at once', async () => {
    let encoding = 0;
    let most = 0;
    picture = async () => {
      most = Math.max(most, ++encoding);
      await pause(60);
      encoding--;
      return { width: 1, height: 1, bytes: new Uint8Array([9]) };
    };
    streams.order({ type: 'start', fps: 30, side: 320 });
    await soon(() => expect(streams.pictures.length).toBeGreaterThan(2));
    expect(most).toBe(1);
  });

  it('sends the photograph under the number it was asked for by', async () => {
    streams.order({ type: 'still', id: 77, side: 4_096 });
    await soon(() => expect(streams.pictures[0]?.header).toMatchObject({ kind: 'still', sequence: 77 }));
    expect(wishes[0].side).toBe(4_096);
  });

  it('says so where there is no photograph, and stays quiet where a preview is missing', async () => {
    picture = async () => {
      throw new Error('The camera is not open.');
    };
    streams.order({ type: 'start', fps: 30, side: 320 });
    await pause(100);
    expect(streams.reports).toHaveLength(1);
    streams.order({ type: 'still', id: 1, side: 640 });
    await soon(() =>
      expect(streams.reports.slice(1)).toEqual([
        { type: 'trouble', trouble: 'failed', message: 'The camera is not open.' },
        { type: 'ready', ...facts },
      ]),
    );
  });

  it('is not upset by orders that make no sense', async () => {
    for (const camera of streams.cameras) {
      for (const text of ['', '{', 'null', '{"type":"start","fps":1e9,"side":1}', 'x'.repeat(5_000)]) camera.send(text);
      camera.send(new Uint8Array(8));
      camera.send(new Uint8Array(0));
    }
    streams.order({ type: 'still', id: 5, side: 640 });
    await soon(() => expect(streams.pictures[0]?.header.sequence).toBe(5));
    expect(streams.pictures).toHaveLength(1);
  });

  it('stops previews when the connection goes, and waits to be asked again', async () => {
    streams.order({ type: 'start', fps: 30, side: 320 });
    await soon(() => expect(streams.pictures.length).toBeGreaterThan(0));
    streams.cut();
    await soon(() => expect(streams.cameras.size).toBe(1));
    const { length } = streams.pictures;
    await pause(120);
    expect(streams.pictures).toHaveLength(length);
  });
});
