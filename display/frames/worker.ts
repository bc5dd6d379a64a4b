import { decodeToBitmap } from './decode.ts';
import { FrameLink, type FrameSocket } from './frame-link.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The worker in which pictures are received and decoded, so that the wall never stumbles over them. */
const tell = (message: FromWorker, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

let link: FrameLink | null = null;
let copies = false;

function open(url: string): void {
  link?.stop();
  link = new FrameLink({
    openSocket: () => new WebSocket(url) as FrameSocket,
    decode: decodeToBitmap,
    onPicture: (picture) => {
      tell({ type: 'picture', picture }, copies ? [] : [picture.bitmap]);
      if (copies) picture.bitmap.close();
    },
    onStatus: (status) => tell({ type: 'status', status }),
    onDropped: (why) => tell({ type: 'dropped', why }),
    random: Math.random,
  });
  link.start();
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'open':
      return open(data.url);
    case 'copy':
      copies = true;
      return;
    case 'acknowledge':
      return link?.acknowledge(data.sequence);
    case 'repeat':
      return link?.repeat();
    case 'reconnect':
      return link?.reconnect();
  }
};
