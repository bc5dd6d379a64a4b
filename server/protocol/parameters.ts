/**
 * The one description of everything that can be changed while the piece runs. The curator's sliders, the OSC addresses,
 * the defaults in installation.yaml, the state file and the tables in the docs are all made from it.
 */

/** Where a change comes from. `system` is the piece itself: the state file, a preset, a start-up default. */
export type Source = 'visitor' | 'curator' | 'osc' | 'system';

export const parameterGroups = {
  visit: 'The visit',
  light: 'Light',
  look: 'Look',
  attract: 'When nobody is there',
  words: 'Words on the wall',
  directions: 'The face',
} as const;
export type ParameterGroup = keyof typeof parameterGroups;

interface Described {
  /** Name in installation.yaml (under `live`), in messages and in the state file. */
  readonly key: string;
  readonly label: string;
  /** One or two plain sentences for a curator. */
  readonly help: string;
  readonly group: ParameterGroup;
  /** OSC address; the argument is the value. */
  readonly osc: string;
  /** Who may change it while the piece runs. */
  readonly writers: readonly Source[];
  /** Whether presets save and recall it. */
  readonly preset: boolean;
}

export interface NumberParameter extends Described {
  readonly type: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
  /** `log`: a slider should move evenly in the logarithm. */
  readonly scale: 'linear' | 'log';
}

export interface BooleanParameter extends Described {
  readonly type: 'boolean';
  readonly default: boolean;
}

export interface Choice<V extends string = string> {
  readonly value: V;
  readonly label: string;
}

export interface ChoiceParameter extends Described {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly Choice[];
}

export interface TextParameter extends Described {
  readonly type: 'text';
  readonly default: string;
  readonly maxLength: number;
}

export type Parameter = NumberParameter | BooleanParameter | ChoiceParameter | TextParameter;
export type ParameterValue = number | boolean | string;

const all = ['curator', 'osc', 'system'] as const;

/** Those that exist whatever the face pack and the languages are. */
export const fixedParameters = [
  {
    key: 'pace',
    type: 'number',
    default: 60,
    min: 5,
    max: 600,
    step: 1,
    unit: 's',
    scale: 'log',
    label: 'Pace',
    help: 'How long a visitor’s becoming takes. A faster computer makes it finer, not shorter.',
    group: 'visit',
    osc: '/familiar/pace',
    writers: all,
    preset: true,
  },
  {
    key: 'hold',
    type: 'number',
    default: 15,
    min: 1,
    max: 600,
    step: 1,
    unit: 's',
    scale: 'log',
    label: 'Hold',
    help: 'How long the finished face stays before the piece goes on.',
    group: 'visit',
    osc: '/familiar/hold',
    writers: all,
    preset: true,
  },
  {
    key: 'countdown',
    type: 'number',
    default: 3,
    min: 0,
    max: 10,
    step: 1,
    unit: 's',
    scale: 'linear',
    label: 'Countdown',
    help: 'Seconds counted down before the portrait is taken.',
    group: 'visit',
    osc: '/familiar/countdown',
    writers: all,
    preset: true,
  },
  {
    key: 'accepting',
    type: 'boolean',
    default: true,
    label: 'Taking visitors',
    help: 'Off: nobody new can begin or queue; the visit in hand ends in peace.',
    group: 'visit',
    osc: '/familiar/accepting',
    writers: all,
    preset: false,
  },
  {
    key: 'camera',
    type: 'choice',
    default: 'browser',
    choices: [
      { value: 'browser', label: 'The tablet’s camera' },
      { value: 'device', label: 'A camera on this computer or network' },
      { value: 'node-webcam', label: 'Stills from a webcam' },
      { value: 'folder', label: 'Photographs in a folder' },
    ],
    label: 'Camera',
    help: 'Which camera takes the portraits.',
    group: 'visit',
    osc: '/familiar/camera',
    writers: all,
    preset: false,
  },
  {
    key: 'portraitBeside',
    type: 'boolean',
    default: false,
    label: 'Portrait beside the face',
    help:
      'Shows the photograph next to the finished face while it is held. The words of consent change with it, so it is ' +
      'switched on from the next visit.',
    group: 'visit',
    osc: '/familiar/portrait',
    writers: all,
    preset: true,
  },
  {
    key: 'freeze',
    type: 'boolean',
    default: false,
    label: 'Freeze',
    help: 'Holds the face on the wall as it is; time stands still until it is switched off.',
    group: 'light',
    osc: '/familiar/freeze',
    writers: all,
    preset: false,
  },
  {
    key: 'blackout',
    type: 'boolean',
    default: false,
    label: 'Blackout',
    help: 'Fades every display to black. The piece goes on behind it.',
    group: 'light',
    osc: '/familiar/blackout',
    writers: all,
    preset: false,
  },
  {
    key: 'brightness',
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    step: 0.01,
    unit: '',
    scale: 'linear',
    label: 'Brightness',
    help: 'Master brightness of all displays.',
    group: 'light',
    osc: '/familiar/brightness',
    writers: all,
    preset: true,
  },
  {
    key: 'look',
    type: 'choice',
    default: 'plain',
    choices: [
      { value: 'plain', label: 'Plain' },
      { value: 'painterly', label: 'Painterly' },
      { value: 'grain', label: 'Film grain' },
    ],
    label: 'Look',
    help: 'How the face is drawn.',
    group: 'look',
    osc: '/familiar/look',
    writers: all,
    preset: true,
  },
  {
    key: 'lookAmount',
    type: 'number',
    default: 0.6,
    min: 0,
    max: 1,
    step: 0.01,
    unit: '',
    scale: 'linear',
    label: 'Strength of the look',
    help: '0 is hardly there, 1 is as strong as it gets.',
    group: 'look',
    osc: '/familiar/look/amount',
    writers: all,
    preset: true,
  },
  {
    key: 'smoothing',
    type: 'number',
    default: 1,
    min: 0,
    max: 3,
    step: 0.05,
    unit: '',
    scale: 'linear',
    label: 'Smoothing',
    help: 'How softly one picture dissolves into the next: 0 shows every step bare, 1 is even, more is dreamier.',
    group: 'look',
    osc: '/familiar/smoothing',
    writers: all,
    preset: true,
  },
  {
    key: 'attractStyle',
    type: 'choice',
    default: 'alternate',
    choices: [
      { value: 'film', label: 'One face after the other' },
      { value: 'wall', label: 'A receding wall of all faces' },
      { value: 'alternate', label: 'Both in turn' },
    ],
    label: 'Style',
    help: 'What the wall shows between visits.',
    group: 'attract',
    osc: '/familiar/attract/style',
    writers: all,
    preset: true,
  },
  {
    key: 'attractPace',
    type: 'number',
    default: 8,
    min: 2,
    max: 120,
    step: 1,
    unit: 's',
    scale: 'log',
    label: 'Seconds a face',
    help: 'How long each past face takes to turn into the next between visits.',
    group: 'attract',
    osc: '/familiar/attract/pace',
    writers: all,
    preset: true,
  },
  {
    key: 'caption',
    type: 'boolean',
    default: true,
    label: 'Captions',
    help: 'Shows the face’s number and the words chosen in installation.yaml.',
    group: 'words',
    osc: '/familiar/caption',
    writers: all,
    preset: true,
  },
  {
    key: 'captionLanguage',
    type: 'choice',
    default: 'all',
    choices: [
      { value: 'all', label: 'All, one after the other' },
      { value: 'en', label: 'English' },
      { value: 'de', label: 'Deutsch' },
      { value: 'fr', label: 'Français' },
    ] as readonly Choice[],
    label: 'Language of captions',
    help: 'Which language the words on the wall are in. Tablets have their own choice.',
    group: 'words',
    osc: '/familiar/caption/language',
    writers: all,
    preset: true,
  },
  {
    key: 'message',
    type: 'text',
    default: '',
    maxLength: 160,
    label: 'Message',
    help: 'A line shown below the face, such as “Back at two o’clock”. Empty shows nothing.',
    group: 'words',
    osc: '/familiar/message',
    writers: all,
    preset: false,
  },
  {
    key: 'testPattern',
    type: 'boolean',
    default: false,
    label: 'Test pattern',
    help: 'Shows the projection test pattern on every display.',
    group: 'light',
    osc: '/familiar/testpattern',
    writers: all,
    preset: false,
  },
] as const satisfies readonly Parameter[];

type Fixed = (typeof fixedParameters)[number];
export type DirectionKey = `direction.${string}`;

type ValueOf<P extends Parameter> = P extends NumberParameter
  ? number
  : P extends BooleanParameter
    ? boolean
    : P extends ChoiceParameter
      ? P['choices'][number]['value']
      : string;

/** The values of all parameters: typed for the fixed ones, numbers for the pack's directions. */
export type ParameterValues = { [P in Fixed as P['key']]: ValueOf<P> } & { [key: DirectionKey]: number };

/** How far faces can be bent to either side of a direction, whoever asks for it. */
export const directionReach = 3;

/** A way in which the pack can bend every face, in standard deviations of its latents unless the pack says otherwise. */
export interface Direction {
  /** Lower-case letters, digits and dashes, beginning with a letter: `age`, `head-turn`. */
  readonly name: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
}

export interface Language {
  /** As in HTML's `lang`: `en`, `de`, `pt-BR`. */
  readonly code: string;
  readonly label: string;
}

/** All parameters of this installation: the fixed ones, in its languages, and one for each direction of its pack. */
export function describeParameters(of: {
  readonly directions: readonly Direction[];
  readonly languages: readonly Language[];
}): readonly Parameter[] {
  const fixed = fixedParameters.map((parameter): Parameter => {
    if (parameter.key !== 'captionLanguage') return parameter;
    const languages = of.languages.map(({ code, label }) => ({ value: code, label }));
    return { ...parameter, choices: [parameter.choices[0], ...languages] };
  });
  return [...fixed, ...of.directions.map(directionParameter)];
}

const directionParameter = ({ name, label, min, max }: Direction): Parameter => ({
  key: `direction.${name}`,
  type: 'number',
  default: 0,
  min,
  max,
  step: 0.05,
  unit: 'σ',
  scale: 'linear',
  label,
  help: 'Bends every face on the wall this way; 0 leaves it as it is.',
  group: 'directions',
  osc: `/familiar/direction/${name}`,
  writers: all,
  preset: true,
});

/** Every parameter at its default. */
export const defaultValues = (parameters: readonly Parameter[]): ParameterValues =>
  Object.fromEntries(parameters.map(({ key, default: value }) => [key, value])) as ParameterValues;
