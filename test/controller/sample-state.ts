import { identityMapping } from '../../server/protocol/mapping.ts';
import { defaultValues, describeParameters } from '../../server/protocol/parameters.ts';
import type { ChainFace, CuratorState, InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { builtInLanguages, builtInTexts } from '../../server/protocol/texts.ts';

const directions = [
  { name: 'age', label: 'Age', min: -3, max: 3 },
  { name: 'smile', label: 'Smile', min: -3, max: 3 },
];

const descriptions = describeParameters({ directions, languages: builtInLanguages });

/** An installation in attract where all is well; `now` and `since` are this machine's clock. */
export function sampleState(changes: Partial<InstallationState> = {}): InstallationState {
  const now = Date.now();
  return {
    revision: 1,
    now,
    state: 'attract',
    since: now,
    until: null,
    visit: null,
    farewell: null,
    curve: [],
    queue: { waiting: [], called: null, full: false },
    trouble: null,
    cameraDriver: 'browser',
    settings: { portraitsKept: false, mirror: true, arrivedPage: 40, queue: true },
    parameters: defaultValues(descriptions),
    descriptions,
    mappings: {},
    chain: sampleChain(8),
    languages: builtInLanguages,
    texts: builtInTexts,
    curator: null,
    ...changes,
  };
}

export const sampleVisit = (changes: Partial<Visit> = {}): Visit => ({
  visitor: null,
  ticket: null,
  mine: true,
  beside: false,
  hints: [],
  faceBox: null,
  captures: false,
  portrait: null,
  problem: null,
  receipt: null,
  receiptLink: null,
  progress: null,
  ...changes,
});

export const sampleChain = (count: number): ChainFace[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `face-${String(index + 1).padStart(4, '0')}`,
    visitor: index + 1,
    at: Date.UTC(2026, 4, 3, 10 + (index % 8), 7 * index),
    likeness: 0.62 + ((index * 37) % 30) / 100,
  }));

export function sampleCurator(changes: Partial<CuratorState> = {}): CuratorState {
  const now = Date.now();
  const display = { connectedAt: now - 3_600_000, fps: 59.8, dropped: 3, sent: 108_000, latency: 22 };
  return {
    engine: {
      level: 'good',
      name: 'onnxruntime, CPU',
      message: '',
      since: now - 3_600_000,
      pack: 'default',
      resolution: 128,
      stepsPerSecond: 6.4,
      restarts: 0,
    },
    camera: { level: 'good', name: 'The tablet’s camera', message: '', since: now - 3_600_000, fps: 15 },
    displays: [
      { ...display, id: 'one', name: 'main', width: 1920, height: 1080, thumbnail: '/thumbnails/one?t' },
      { ...display, id: 'two', name: 'left', width: 1080, height: 1920, fps: 30.1, dropped: 240, thumbnail: null },
    ],
    tablets: 1,
    curators: 1,
    osc: { listening: '0.0.0.0:9000', subscribers: 1, wrong: 0 },
    presets: [
      { name: 'Evening', savedAt: now - 86_400_000, values: { pace: 120, look: 'painterly', brightness: 0.8 } },
    ],
    unreadable: [],
    clockJump: null,
    devices: [
      {
        id: 'device-1',
        kind: 'display',
        name: 'left',
        browser: 'Chromium on Linux',
        address: '192.168.1.20',
        pairedAt: now - 3 * 86_400_000,
        seenAt: now,
        connected: true,
      },
      {
        id: 'device-2',
        kind: 'tablet',
        name: 'Foyer',
        browser: 'Safari on iPad',
        address: '192.168.1.31',
        pairedAt: now - 40 * 86_400_000,
        seenAt: now - 2 * 86_400_000,
        connected: false,
      },
      {
        id: 'device-3',
        kind: 'curator',
        name: 'Firefox on Linux',
        browser: 'Firefox on Linux',
        address: '192.168.1.5',
        pairedAt: now - 50 * 86_400_000,
        seenAt: now - 60_000,
        connected: false,
      },
    ],
    waiting: [{ name: 'right', browser: 'Chrome on Android', address: '192.168.1.44' }],
    log: [
      { at: now - 90_000, level: 'info', message: 'The piece has started with the pack “default”.' },
      { at: now - 60_000, level: 'warning', message: 'The display “left” is slow: 30 pictures a second.' },
      { at: now - 5_000, level: 'info', message: 'Face 8 has arrived.' },
    ],
    ...changes,
  };
}

export { identityMapping };
