import { z } from 'zod';
import { directionReach, fixedParameters, type Parameter, type ParameterValues } from '../protocol/parameters.ts';
import { builtInLanguages, textKeys } from '../protocol/texts.ts';
import { parseNetwork } from './network.ts';

/**
 * installation.yaml. This one schema gives the types, the defaults, the checks and the commented file itself
 * (`example.ts`). Comments are for curators and technicians: what it does, in plain words.
 */

const number = (comment: string, unit: string, min: number, max: number, value: number) =>
  z.number().min(min).max(max).default(value).meta({ description: comment, unit });
const whole = (comment: string, unit: string, min: number, max: number, value: number) =>
  z.int().min(min).max(max).default(value).meta({ description: comment, unit });
const toggle = (comment: string, value: boolean) => z.boolean().default(value).meta({ description: comment });
const text = (comment: string, maxLength: number, value: string) =>
  z.string().max(maxLength).default(value).meta({ description: comment });
const path = (comment: string, value: string) =>
  z.string().min(1).max(1_000).default(value).meta({ description: comment });
const choice = <const T extends readonly [string, ...string[]]>(comment: string, of: T, value: T[number]) =>
  z
    .enum(of)
    .default(value as never)
    .meta({ description: comment });

const section = <T extends z.core.$ZodShape>(comment: string, shape: T) =>
  z
    .strictObject(shape)
    .prefault({} as never)
    .meta({ description: comment });

const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i,
    'a name without http:// and port',
  );

/** Receipts append their path to it and show it to everybody. */
function isPlainAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password, search, hash } = new URL(address);
  return username + password + search + hash === '' && !/[?#]/.test(address);
}

const server = section('Where the pages are served.', {
  host: text('Network address to listen on. 0.0.0.0 is all of them; 127.0.0.1 is this computer only.', 255, '0.0.0.0'),
  port: whole('Port of the pages.', '', 1, 65_535, 8080),
  publicAddress: z
    .union([
      z.literal(''),
      z
        .url({ protocol: /^https?$/ })
        .refine(
          isPlainAddress,
          'must be an address without user name, password, ? and #, such as https://faces.museum.org',
        ),
    ])
    .default('')
    .meta({
      description:
        'Address under which visitors’ phones reach this computer, such as https://faces.museum.org, for the code on ' +
        'the receipt. Empty: this computer’s own address on the network.',
    }),
  names: z
    .array(hostName)
    .max(20)
    .default([])
    .meta({
      description:
        'Other names under which browsers may open the pages, such as faces.museum.lan. The host name of this computer, ' +
        'its addresses, publicAddress and the names in a certificate are known; under any other name nothing is served.',
    }),
  certificate: text(
    'Tablets lend their camera only over https, or over http to this computer itself. auto: https with a certificate ' +
      'that is made and renewed here; once on each tablet open /certificate. Or a certificate (PEM file) that you have ' +
      'from elsewhere, and its key. Empty: http.',
    1_000,
    '',
  ),
  certificateKey: text('The key (PEM file) that belongs to a certificate from elsewhere.', 1_000, ''),
  pin: z
    .string()
    .regex(/^([\w-]{4,64})?$/, '6 to 64 letters, digits, dashes or underscores, in quotation marks, or nothing')
    .default('')
    .meta({
      description:
        'PIN of the curator’s page; each visitors’ tablet asks for it once, and again after it was changed. At least six ' +
        'characters; a shorter one is taken on this computer only. Empty: one is made up at the first start and printed.',
    }),
  stateFolder: path('Folder for what is changed while the piece runs: live values, presets, mappings.', 'state'),
});

const engine = section('The engine that makes the faces.', {
  runtime: choice(
    'What computes: auto takes the best that works here.',
    ['auto', 'cpu', 'webgpu', 'cuda', 'coreml', 'directml', 'tensorflow'],
    'auto',
  ),
  patience: whole(
    'The engine is restarted when it gives no sign of life for this long at most; sooner, where it has been so quick ' +
      'that a dozen of its steps take less.',
    's',
    5,
    600,
    30,
  ),
});

const camera = section('Cameras. Which of them is used is chosen by `live: camera`.', {
  mirror: toggle('Show visitors their preview mirrored, as in a mirror.', true),
  device: text(
    'For `device`: what FFmpeg opens, such as /dev/video0, rtsp://camera.local/stream or a file. Empty: the first camera.',
    1_000,
    '',
  ),
  width: whole('Width asked of the camera.', 'px', 160, 7_680, 1280),
  height: whole('Height asked of the camera.', 'px', 120, 4_320, 720),
  fps: whole('Pictures a second asked of the camera.', '', 1, 60, 30),
  webcam: text(
    'For `node-webcam`: the device, such as /dev/video2. Empty: the first one, which on Linux is /dev/video0. A picture is ' +
      'taken every second, also while nobody is there, and its lamp blinks: only so is a camera that is black or frozen ' +
      'noticed within 3 s, or later, where a picture takes longer than a second.',
    1_000,
    '',
  ),
  folder: path(
    'For `folder`: where photographs are dropped. Put copies there: each is deleted once a face grows from it or it is ' +
      'refused as a portrait. What is no photograph goes to refused/ for a day. A folder taken/ in it is of an earlier version: ' +
      'delete it, since no visitor who asks to be forgotten is deleted there.',
    'photographs',
  ),
  troubleAfter: number(
    'A camera is in trouble when it gives no picture, the same one, or a black one for this long.',
    's',
    0.5,
    60,
    2,
  ),
});

const portrait = section('Which portraits are taken.', {
  severalFaces: choice('What to do when several people are in the picture.', ['refuse', 'largest'], 'refuse'),
  smallestFace: whole('Smallest face, between the eyes, in pixels of the photograph.', 'px', 10, 1_000, 40),
});

const chain = section('The chain of faces.', {
  folder: path('Where the chain is kept. Back this folder up.', 'chain'),
  keepPortraits: toggle(
    'Keep visitors’ photographs with their faces, until these are deleted. The words of consent change with it.',
    false,
  ),
  forgetAfter: whole(
    'Delete each face after so many days; 0 keeps them. Where the clock is more than a month ahead of the last run, the ' +
      'curator’s page asks whether the date is right before anything is deleted.',
    'days',
    0,
    36_500,
    0,
  ),
  attractFaces: whole('How many of the newest faces are played when nobody is there.', '', 1, 500, 60),
  resume: choice(
    'What the first visitor after a start grows out of: the last face, or the average face.',
    ['last', 'average'],
    'last',
  ),
});

const visit = section('How long the piece waits for a visitor who walks away or hesitates.', {
  greet: whole('At the words of consent.', 's', 5, 600, 60),
  framing: whole('Before the camera.', 's', 5, 600, 90),
  review: whole('At “Is this you?”; then the portrait is dropped.', 's', 5, 600, 45),
  call: whole('For the next in the queue to come.', 's', 5, 600, 30),
  arrivedPage: whole('How long the tablet goes on showing the receipt after the wall has moved on.', 's', 0, 600, 40),
  autoCapture: number(
    'Starts the countdown by itself once the portrait has looked good for this long; 0 waits for the button.',
    's',
    0,
    10,
    0,
  ),
  queue: whole('How many visitors may wait in the queue; 0 has no queue.', '', 0, 100, 12),
});

const stream = section('Pictures on their way to the displays.', {
  format: choice(
    'How they are compressed. On this computer itself pictures up to 512 px are carried as they are.',
    ['jpeg', 'webp', 'rgb'],
    'jpeg',
  ),
  quality: whole('Quality of the compression.', '', 30, 100, 88),
  size: z
    .union([z.literal(256), z.literal(512), z.literal(768), z.literal(1024), z.literal(1536), z.literal(2048)])
    .default(1024)
    .meta({ description: 'Longest side; never more than the network makes.', unit: 'px' }),
  fps: whole('Most pictures a second sent to a display.', '', 1, 60, 30),
});

const network = z.string().refine((text) => parseNetwork(text) !== null, {
  error: 'an address or a network, such as 192.168.1.20 or 192.168.1.0/24',
});

const osc = section('Control by OSC, over UDP. All addresses: docs/osc.md.', {
  enabled: toggle('Listen for OSC.', true),
  host: text('Network address to listen on.', 255, '0.0.0.0'),
  port: whole('Port to listen on.', '', 1, 65_535, 9000),
  allow: z.array(network).max(100).default(['127.0.0.1', '::1']).meta({
    description:
      'Computers or networks that may send, such as "192.168.1.20" or "192.168.1.0/24". Everybody else is ignored.',
  }),
});

const directionNames = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, '1 to 32 lower-case letters, digits and dashes, the first a letter');

const live = section(
  'What can be changed while the piece runs, from the curator’s page or by OSC. These are the values at the first ' +
    'start; what is changed later is remembered in the state folder until you change the line here.',
  {
    ...Object.fromEntries(fixedParameters.map((parameter) => [parameter.key, liveKey(parameter)])),
    directions: z
      .record(directionNames, z.number().min(-directionReach).max(directionReach))
      .default({})
      .meta({
        description:
          `Bends every face this way, by the names the face pack gives, from -${directionReach} to ${directionReach}: ` +
          '{age: 0.5}.',
      }),
  },
);

function liveKey(parameter: Parameter): z.ZodType {
  switch (parameter.type) {
    case 'number':
      return number(parameter.help, parameter.unit, parameter.min, parameter.max, parameter.default);
    case 'boolean':
      return toggle(parameter.help, parameter.default);
    case 'text':
      return text(parameter.help, parameter.maxLength, parameter.default);
    case 'choice':
      // Languages may be added below; whether the language exists is checked with the whole file.
      return parameter.key === 'captionLanguage'
        ? text(`${parameter.help} “all” shows them one after the other.`, 20, parameter.default)
        : choice(
            parameter.help,
            parameter.choices.map(({ value }) => value) as [string, ...string[]],
            parameter.default,
          );
  }
}

const languageCode = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/, 'a language code, such as en or pt-BR');

const ownTexts = z
  .record(
    languageCode,
    z.strictObject({
      name: z.string().min(1).max(40).optional(),
      ...Object.fromEntries(textKeys.map((key) => [key, z.string().max(1_000).optional()])),
    }),
  )
  .default({})
  .meta({
    description:
      'Your own words, by language and name; all names are in docs/texts.md. A new language needs its own name:\n' +
      '  nl: {name: Nederlands, attractTitle: Word het volgende gezicht}',
  });

export const configSchema = z.strictObject({
  pack: path('The face pack: a folder in models/, or a path.', 'default'),
  languages: z
    .array(languageCode)
    .min(1)
    .max(12)
    .default(builtInLanguages.map(({ code }) => code))
    .meta({ description: 'Languages visitors can choose, the first is the one a tablet starts with.' }),
  server,
  engine,
  camera,
  portrait,
  chain,
  visit,
  stream,
  osc,
  live,
  texts: ownTexts,
});

type Parsed = z.output<typeof configSchema>;

/** Values of the fixed live parameters at the first start, and of the pack's directions by name. */
export type LiveDefaults = Omit<ParameterValues, `direction.${string}`> & { directions: Record<string, number> };

export type Config = Omit<Parsed, 'live' | 'texts'> & {
  live: LiveDefaults;
  texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
