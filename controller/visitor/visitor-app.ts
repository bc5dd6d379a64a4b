import type { Command } from '../../server/protocol/commands.ts';
import { routes } from '../../server/protocol/routes.ts';
import { clientId } from '../shared/link/client-id.ts';
import { openSocket } from '../shared/link/open-socket.ts';
import { type PageLink, unlinked } from '../shared/link/page-link.ts';
import { type Revival, watchRevival } from '../shared/link/revival.ts';
import { linkSocket, type SocketLink } from '../shared/link/socket-link.ts';
import { socketUrl } from '../shared/link/socket-url.ts';
import { reloadOnce } from '../shared/reload.ts';
import { createStore, type Store } from '../shared/store.ts';
import { tabStorage } from '../shared/tab-storage.ts';
import { stayAwake } from '../shared/wake.ts';
import { CameraLink, type CameraSocket } from './camera/camera-link.ts';
import { TabletCamera } from './camera/tablet-camera.ts';
import { readKeepsake, writeKeepsake } from './keepsake-storage.ts';
import { isOwed } from './model/keepsake.ts';
import { cameraAllowed, isKeptByTouch, lends, screenOf, warningOf } from './model/screen.ts';
import { newTablet, reduceTablet, type Tablet, type TabletEvent } from './model/tablet.ts';

/** The visitors' tablet without its looks: what is known, what can be done. */
export interface VisitorApp {
  readonly client: string;
  readonly link: Store<PageLink>;
  readonly revival: Revival;
  readonly tablet: Store<Tablet>;
  readonly camera: TabletCamera;
  send(command: Command): void;
  tell(event: TabletEvent): void;
  /** Keeps the code on the page longer, where it is about to go. */
  keepCode(): void;
  /** Tries the camera again. */
  tryCamera(): void;
  /** The server is of another version. */
  outdated(): void;
}

/** How often the tablet looks at the clock, ms. */
const tick = 1_000;
/** How often a camera that could not be used is tried again, ms. */
const cameraRetry = 30_000;
/** How often a camera is opened again whose pictures the server finds black or frozen. */
const reopenIntervalMs = 10_000;

/** Puts the visitors' tablet together and starts it. */
export function startVisitorApp(): VisitorApp {
  const storage = tabStorage();
  const client = clientId(storage, (bytes) => crypto.getRandomValues(bytes));
  const link = createStore<PageLink>(unlinked);
  const revival = watchRevival(link);
  const tablet = createStore<Tablet>({ ...newTablet, keepsake: readKeepsake(storage) });
  const camera = new TabletCamera(navigator.mediaDevices, document);
  const socket: SocketLink = linkSocket(openSocket({ role: 'visitor', client }), link);

  const tell = (event: TabletEvent) => tablet.update((value) => reduceTablet(value, event));
  const passed = () => {
    const { state, phase } = link.get();
    tell({ type: 'passed', state, isOnline: phase === 'online', now: Date.now() });
    void lookForFace();
  };
  let isLooking = false;
  /** The server came back without the visit that was led here: whoever stands here gets their code, if it kept the face. */
  const lookForFace = async () => {
    const { state, phase } = link.get();
    const { keepsake } = tablet.get();
    if (isLooking || !state || !isOwed(keepsake, phase === 'online')) return;
    isLooking = true;
    const { receipt } = keepsake;
    const found = await isThere(receipt);
    isLooking = false;
    const until = Date.now() + state.settings.arrivedPage * 1_000;
    if (found !== null) tell({ type: 'found', receipt, isThere: found, until });
  };
  const reload = () => reloadOnce(storage, Date.now(), () => location.reload());

  link.subscribe((value) => {
    // What is loaded again asks for the PIN where this is no tablet of the piece any more, or comes over https.
    if (value.phase === 'outdated' || ['not-paired', 'not-secure'].includes(value.refusal?.code ?? '')) reload();
    camera.want(cameraAllowed(value));
    passed();
  });
  setInterval(passed, tick);
  const screen = () => screenOf(link.get(), tablet.get(), camera.view.get().problem);
  const keepCode = () => {
    const { state } = link.get();
    const shown = screen();
    const now = Date.now();
    if (!state || shown.name !== 'arrived' || warningOf(shown, link.get(), now) === null) return;
    if (state.farewell) void socket.send({ type: 'stay' });
    else tell({ type: 'stayed', until: now + state.settings.arrivedPage * 1_000 });
  };
  const touched = () => {
    tell({ type: 'touched', now: Date.now() });
    if (isKeptByTouch(screen(), link.get())) keepCode();
  };
  addEventListener('pointerdown', touched, { passive: true });
  addEventListener('keydown', touched);

  let kept = tablet.get().keepsake;
  tablet.subscribe(({ keepsake }) => {
    if (keepsake !== kept) writeKeepsake(storage, keepsake);
    kept = keepsake;
  });

  const lending = lendCamera(client, link, revival, camera);
  const tryCamera = () => {
    if (lending.on()) void camera.probe();
  };
  setInterval(() => camera.view.get().problem && tryCamera(), cameraRetry);
  setInterval(() => link.get().state?.trouble === 'camera' && camera.reopen(), reopenIntervalMs);
  navigator.mediaDevices?.addEventListener('devicechange', () => camera.view.get().problem && tryCamera());

  stayAwake(document, () => {
    socket.check();
    revival.revive();
    camera.refresh();
    if (camera.view.get().problem) tryCamera();
  });
  socket.open();

  return {
    client,
    link,
    revival,
    tablet,
    camera,
    async send(command) {
      tell({ type: 'sent', command: command.type, now: Date.now() });
      const answer = await socket.send(command);
      tell({ type: 'answered', command: command.type, answer, now: Date.now() });
    },
    tell,
    keepCode,
    tryCamera,
    outdated: () => link.update((value) => ({ ...value, phase: 'outdated' })),
  };
}

/** Whether the face of a receipt is in the chain; null where nobody could say. */
async function isThere(receipt: string): Promise<boolean | null> {
  try {
    const { ok, status } = await fetch(receipt);
    return ok || (status === 404 ? false : null);
  } catch {
    return null;
  }
}

/** Lends the camera whenever the installation uses those of tablets. */
function lendCamera(client: string, link: Store<PageLink>, revival: Revival, camera: TabletCamera): { on(): boolean } {
  let lent: CameraLink | null = null;
  const follow = () => {
    const { state } = link.get();
    if (!state || lends(state) === (lent !== null)) return;
    if (lent) {
      lent.close();
      lent = null;
      return;
    }
    lent = new CameraLink({
      openSocket: () => new WebSocket(socketUrl(`${routes.camera}?v=1&client=${client}`)) as CameraSocket,
      picture: (wish) => camera.picture(wish),
      state: () => link.get().state?.state ?? 'framing',
      now: Date.now,
      random: Math.random,
    });
    lent.open();
    lent.report(camera.view.get());
    void camera.probe();
  };
  revival.subscribe(() => lent?.reconnect());
  link.subscribe(follow);
  camera.view.subscribe((view) => lent?.report(view));
  return { on: () => lent !== null };
}
