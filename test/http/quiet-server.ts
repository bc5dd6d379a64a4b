import type { HttpOptions } from '../../server/http/http-server.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';
import { builtInLanguages, builtInTexts } from '../../server/protocol/texts.ts';
import { devicesOf } from '../control/devices-of.ts';

/** The PIN of servers below. */
export const pin = '471108';

const hosts = new OwnHosts((host) => host === 'museum');

/** What a server of pages needs besides them, where nothing of it is looked at. */
export const quietServer: Pick<
  HttpOptions,
  'pairing' | 'hosts' | 'texts' | 'languages' | 'portrait' | 'thumbnail' | 'health' | 'upgrades'
> = {
  pairing: devicesOf({ pin }).pairing,
  hosts,
  texts: builtInTexts,
  languages: builtInLanguages,
  portrait: () => null,
  thumbnail: () => null,
  health: () => ({}),
  upgrades: {},
};
