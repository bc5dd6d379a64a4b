import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Identity, type PlaceLimits, Places } from '../protocol/places.ts';
import { refuseUpgrade, type Upgrade } from './upgrade.ts';

/** Connections of one WebSocket route: more than any installation has. */
export const routePlaces: PlaceLimits = { all: 64, forHere: 16, fromDevice: 16, strangers: 8, fromStranger: 2 };

/** Lets a WebSocket route have no more connections than there are places, and ends those that lose theirs. */
export function withPlaces(identify: (request: IncomingMessage) => Identity, upgrade: Upgrade): Upgrade {
  const places = new Places<Duplex>(routePlaces);
  return (request, socket, head) => {
    const losers = places.enter(socket, identify(request));
    if (losers === null) return refuseUpgrade(socket, 503, 'Too many pages are open. Close some.\n');
    socket.once('close', () => places.leave(socket));
    for (const loser of losers) loser.destroy();
    upgrade(request, socket, head);
  };
}
