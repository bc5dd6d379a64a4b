import type { LinkStatus, Picture } from './frame-link.ts';

/** Page to worker. */
export type ToWorker =
  | { readonly type: 'open'; readonly url: string }
  /** Pictures that are handed over cannot be drawn: give copies from now on. */
  | { readonly type: 'copy' }
  | { readonly type: 'acknowledge'; readonly sequence: number }
  | { readonly type: 'repeat' }
  | { readonly type: 'reconnect' };

/** Worker to page. */
export type FromWorker =
  | { readonly type: 'picture'; readonly picture: Picture }
  | { readonly type: 'status'; readonly status: LinkStatus }
  | { readonly type: 'dropped'; readonly why: 'newer' | 'unreadable' };
