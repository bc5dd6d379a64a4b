import type { HttpOptions } from '../../server/http/http-server.ts';
import { builtInLanguages, builtInTexts } from '../../server/protocol/texts.ts';

/** What a server of pages needs besides them, where nothing of it is looked at. */
export const quietServer: Pick<HttpOptions, 'texts' | 'languages' | 'portrait' | 'thumbnail' | 'health' | 'upgrades'> =
  {
    texts: builtInTexts,
    languages: builtInLanguages,
    portrait: () => null,
    thumbnail: () => null,
    health: () => ({}),
    upgrades: {},
  };
