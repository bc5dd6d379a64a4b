/** Every HTTP and WebSocket route of the server, in one place for both ends. */
export const routes = {
  /** The wall. `?name=left` names a display, so that each projector keeps its own mapping. */
  display: '/',
  /** The visitors' tablet. */
  visitor: '/visitor',
  /** The curator's tablet (asks for the PIN). */
  curator: '/curator',
  /** Built scripts, styles and fonts of the pages. */
  assets: '/assets/',
  /** WebSocket, server to displays: one binary frame (`frame.ts`) a message; answered by one acknowledgement each. */
  frames: '/frames',
  /**
   * WebSocket, server to tablets: the live preview of a camera that is not their own, same framing, query and
   * acknowledgement as `/frames`, and `&client=<id>`: only the tablet that leads the visit is shown who stands there.
   */
  preview: '/preview',
  /** WebSocket, tablet to server: pictures of the tablet's own camera (`camera-link.ts`). */
  camera: '/camera',
  /** The portrait of the visit in hand, at an unguessable address that dies with the visit: `/portrait/<token>`. */
  portrait: '/portrait/',
  /** A visitor's receipt: their face, and how to have it deleted: `/receipt/<token>`. POST `/receipt/<token>/forget`. */
  receipt: '/receipt/',
  /** Faces of the chain: `/faces/<id>/final.webp`, `/faces/<id>/thumbnail.webp`. */
  faces: '/faces/',
  /** What a display showed a moment ago, for curators: `/thumbnails/<connection id>?<token>`. */
  thumbnails: '/thumbnails/',
  /** How devices come to trust the installation's own certificate authority, and its certificate. */
  certificate: '/certificate',
  /** Health as JSON, for monitoring. */
  health: '/health',
  /** socket.io (control). */
  control: '/control/',
} as const;

export type FacePicture = 'final.webp' | 'thumbnail.webp';

export const faceUrl = (id: string, picture: FacePicture): string =>
  `${routes.faces}${encodeURIComponent(id)}/${picture}`;
export const receiptUrl = (token: string): string => `${routes.receipt}${encodeURIComponent(token)}`;
export const portraitUrl = (token: string): string => `${routes.portrait}${encodeURIComponent(token)}`;
