import { PinGuard } from '../../server/control/pin-guard.ts';
import { Tablets } from '../../server/control/tablets.ts';
import type { HttpOptions } from '../../server/http/http-server.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';
import { builtInLanguages, builtInTexts } from '../../server/protocol/texts.ts';

/** The PIN of servers below. */
export const pin = '4711';

const hosts = new OwnHosts((host) => host === 'museum');

/** What a server of pages needs besides them, where nothing of it is looked at. */
export const quietServer: Pick<
  HttpOptions,
  'tablets' | 'hosts' | 'now' | 'texts' | 'languages' | 'portrait' | 'thumbnail' | 'health' | 'upgrades'
> = {
  tablets: new Tablets('a secret of the piece', pin, new PinGuard(pin, () => {}), hosts),
  hosts,
  now: Date.now,
  texts: builtInTexts,
  languages: builtInLanguages,
  portrait: () => null,
  thumbnail: () => null,
  health: () => ({}),
  upgrades: {},
};
