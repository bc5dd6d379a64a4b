/**
 * What programs send, byte by byte. Recorded from python-osc 1.10.2, osc 2.4.5, osc-min 2.1.2 and node-osc 11.7.1;
 * written by hand after their manuals for the others, and after bug reports for senders that make mistakes.
 */
const recorded = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const written = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export interface Wild {
  readonly name: string;
  readonly packet: Uint8Array;
  /** What is read of it: address and values. */
  readonly says: readonly (readonly [string, ...unknown[]])[];
  /** Addresses of messages that cannot be used. */
  readonly unread?: readonly (string | null)[];
}

const pace = '/familiar/pace';
const skip = '/familiar/skip';

export const wildPackets: readonly Wild[] = [
  {
    name: 'python-osc: a bundle with a blob and a colour',
    packet: recorded(
      '2362756e646c65000000000000000001000000182f66616d696c6961722f7061636500002c66000041f000000000001c2f66616d696c6961722f' +
        '696d616765002c62000000000003010203000000001c2f66616d696c6961722f636f6c6f7572000000002c720000ff8800ff0000001c2f66616d' +
        '696c6961722f6c6f6f6b00002c730000677261696e000000',
    ),
    says: [
      [pace, 30],
      ['/familiar/look', 'grain'],
    ],
    unread: ['/familiar/image', '/familiar/colour'],
  },
  {
    name: 'python-osc: text',
    packet: recorded('2f66616d696c6961722f6d6573736167650000002c7300004772c3bcc39f6500'),
    says: [['/familiar/message', 'Grüße']],
  },
  {
    name: 'python-osc: true',
    packet: recorded('2f66616d696c6961722f667265657a65000000002c540000'),
    says: [['/familiar/freeze', true]],
  },
  {
    name: 'python-osc: None',
    packet: recorded('2f66616d696c6961722f617474726163740000002c4e0000'),
    says: [['/familiar/attract', null]],
  },
  {
    name: 'python-osc: a large int',
    packet: recorded('2f66616d696c6961722f7061636500002c6800000000000200000000'),
    says: [[pace, 2 ** 33]],
  },
  {
    name: 'python-osc: a list',
    packet: recorded('2f66616d696c6961722f7061636500002c5b665d0000000041f00000'),
    says: [],
    unread: [pace],
  },
  {
    name: 'osc.js: a bundle with a colour and a character',
    packet: recorded(
      '2362756e646c65000000000000000001000000182f66616d696c6961722f7061636500002c6600004200000000000018' +
        '2f66616d696c6961722f74696e7400002c720000ff8000ff0000001c2f66616d696c6961722f6c6f6f6b00002c730000677261696e000000' +
        '000000182f66616d696c6961722f6b65790000002c63000000000078000000182f66616d696c6961722f667265657a65000000002c540000',
    ),
    says: [
      [pace, 32],
      ['/familiar/look', 'grain'],
      ['/familiar/freeze', true],
    ],
    unread: ['/familiar/tint', '/familiar/key'],
  },
  {
    name: 'osc-min: a bundle with a blob',
    packet: recorded(
      '2362756e646c65000000000000000001000000182f66616d696c6961722f7061636500002c660000420400000000001c' +
        '2f66616d696c6961722f626c6f6200002c62000000000003010203000000001c2f66616d696c6961722f6c6f6f6b00002c730000677261696e000000',
    ),
    says: [
      [pace, 33],
      ['/familiar/look', 'grain'],
    ],
    unread: ['/familiar/blob'],
  },
  {
    name: 'node-osc: a bundle',
    packet: recorded(
      '2362756e646c65000000000000000001000000182f66616d696c6961722f7061636500002c69000000000023' +
        '0000001c2f66616d696c6961722f6c6f6f6b00002c730000677261696e000000',
    ),
    says: [
      [pace, 35],
      ['/familiar/look', 'grain'],
    ],
  },
  {
    name: 'TouchOSC: a button pressed, as a float',
    packet: written('/familiar/skip\0\0,f\0\0\x3f\x80\0\0'),
    says: [[skip, 1]],
  },
  {
    name: 'QLab: a cue with text and a number',
    packet: written('/familiar/preset\0\0\0\0,si\0Evening\0\0\0\0\x01'),
    says: [['/familiar/preset', 'Evening', 1]],
  },
  {
    name: 'Max: a symbol and a bang',
    packet: written(
      '#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x1c/familiar/look\0\0,S\0\0grain\0\0\0\0\0\0\x14/familiar/skip\0\0,I\0\0',
    ),
    says: [
      ['/familiar/look', 'grain'],
      [skip, null],
    ],
  },
  {
    name: 'Reaper: a bundle of what it plays, with one of ours',
    packet: written(
      '#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x0c/play\0\0\0,f\0\0\0\0\0\x10/time\0\0\0,f\0\0\x41\x20\0\0' +
        '\0\0\0\x18/familiar/pace\0\0,f\0\0\x41\xf0\0\0',
    ),
    // The first ends before its float.
    says: [
      ['/time', 10],
      [pace, 30],
    ],
    unread: ['/play'],
  },
  { name: 'old senders: no type tags', packet: written('/familiar/skip\0\0'), says: [[skip]] },
  {
    name: 'old senders: a float without type tags',
    packet: written('/familiar/pace\0\0\x41\x20\0\0'),
    says: [[pace, 10]],
  },
  {
    name: 'old senders: an int without type tags',
    packet: written('/familiar/pace\0\0\0\0\0\x1e'),
    says: [[pace, 30]],
  },
  {
    name: 'old senders: texts without type tags',
    packet: written('/familiar/x\0grain\0\0\0en\0\0Evening\0\0\0\0\0'),
    says: [['/familiar/x', 'grain', 'en', 'Evening', 0]],
  },
  {
    name: 'old senders: what cannot be guessed',
    packet: written('/familiar/pace\0\0\xff\xc0\x01\x02'),
    says: [],
    unread: [pace],
  },
  { name: 'no padding: an address alone', packet: written('/familiar/skip'), says: [[skip]] },
  { name: 'no padding: empty type tags', packet: written('/familiar/skip\0\0,'), says: [[skip]] },
  {
    name: 'no padding: text at the end',
    packet: written('/familiar/look\0\0,s\0\0grain'),
    says: [['/familiar/look', 'grain']],
  },
  {
    name: 'no padding: an address of a multiple of four runs into the type tags',
    packet: written('/familiar/brightness,f\0\0\x3f\0\0\0'),
    says: [['/familiar/brightness', 0.5]],
  },
  {
    name: 'no padding: elements of a bundle',
    packet: written('#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x0e/familiar/skip\0\0\0\x19/familiar/look\0\0,s\0\0grain'),
    says: [[skip], ['/familiar/look', 'grain']],
  },
  {
    name: 'too much padding: after the arguments',
    packet: written('/familiar/pace\0\0,f\0\0\x41\xf0\0\0\0\0\0\0'),
    says: [[pace, 30]],
  },
  {
    name: 'too much padding: after a bundle',
    packet: written('#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x14/familiar/skip\0\0,\0\0\0\0\0\0\0\0\0'),
    says: [[skip]],
  },
  { name: 'an empty bundle', packet: written('#bundle\0\0\0\0\0\0\0\0\x01'), says: [] },
  {
    name: 'text in Latin-1',
    packet: written('/familiar/message\0\0\0,s\0\0Gr\xfc\xdfe\0'),
    says: [['/familiar/message', 'Grüße']],
  },
  {
    name: 'a bundle that holds what is no message',
    packet: written('#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x04oops\0\0\0\x14/familiar/skip\0\0,\0\0\0'),
    says: [[skip]],
    unread: [null],
  },
  {
    name: 'an argument that is cut off',
    packet: written('/familiar/pace\0\0,f\0\0\x41\xf0'),
    says: [],
    unread: [pace],
  },
];
