import { openSocket } from '../controller/shared/link/open-socket.ts';
import { type PageLink, serverNow, unlinked } from '../controller/shared/link/page-link.ts';
import { linkSocket, type PageSocket } from '../controller/shared/link/socket-link.ts';
import { createStore } from '../controller/shared/store.ts';
import type { DisplayReport } from '../server/protocol/messages.ts';
import type { InstallationState } from '../server/protocol/snapshot.ts';

export interface ControlEvents {
  /** Anything the installation says changed. */
  readonly onChange: () => void;
  /** The connection was lost and is back. */
  readonly onBack: () => void;
  /** This page is of another version than the server, or its device is not paired any more. */
  readonly onOutdated: () => void;
}

/** The wall's end of the control: what the installation is doing, and what the wall tells of itself. */
export class Control {
  /** Whether a curator looks, so that thumbnails are wanted. */
  watched = false;
  private readonly store = createStore<PageLink>(unlinked);
  private readonly socket: PageSocket;
  private readonly link;

  /** @param client this page's id, by which the server also knows its stream of pictures */
  constructor(name: string, client: string, events: ControlEvents) {
    this.socket = openSocket({ role: 'display', client, name });
    this.link = linkSocket(this.socket, this.store);
    this.socket.on('watch', (wanted) => {
      this.watched = wanted === true;
    });
    this.socket.on('disconnect', () => {
      this.watched = false;
    });
    let before = unlinked.phase;
    this.store.subscribe(({ phase, refusal }) => {
      // What is loaded again shows how to pair, where this is no display of the piece any more.
      if (phase === 'outdated' || refusal?.code === 'not-paired') events.onOutdated();
      if (phase === 'online' && before === 'lost') events.onBack();
      before = phase;
      events.onChange();
    });
  }

  open(): void {
    this.link.open();
  }

  /** What is known of the installation; null before the first word from the server. */
  get state(): InstallationState | null {
    return this.store.get().state;
  }

  /** The server's time, ms since 1970. */
  now(): number {
    return serverNow(this.store.get(), Date.now());
  }

  report(report: DisplayReport): void {
    // Old reports are worth nothing: none is kept for later.
    if (this.socket.connected) this.socket.volatile.emit('report', report);
  }

  thumbnail(picture: ArrayBuffer): void {
    if (this.socket.connected) this.socket.volatile.emit('thumbnail', picture);
  }
}
