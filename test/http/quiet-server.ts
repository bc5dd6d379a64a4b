import type { HttpOptions } from '../../server/http/http-server.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';
import { builtInLanguages, builtInTexts } from '../../server/protocol/texts.ts';
import { devicesOf } from '../control/devices-of.ts';

/** The PIN of servers below. */
export const pin = '471108';

const paired = devicesOf({ pin });
const hosts = new OwnHosts((host) => host === 'museum');

/** What a server of pages needs besides them, where nothing of it is looked at. */
export const quietServer: Pick<
  HttpOptions,
  'pairing' | 'identify' | 'hosts' | 'texts' | 'languages' | 'portrait' | 'thumbnail' | 'health' | 'upgrades'
> = {
  pairing: paired.pairing,
  identify: (request) => paired.devices.identify(request),
  hosts,
  texts: builtInTexts,
  languages: builtInLanguages,
  portrait: () => null,
  thumbnail: () => null,
  health: () => ({}),
  upgrades: {},
};
