import type { FaceDetection, FaceLandmarks68, NeuralNetwork, tf } from '@vladmandic/face-api';
import { cutSquare } from '../image/cut-square.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { sampleQuad } from '../image/sample.ts';
import { alignmentQuad, grownQuad, type Point, sideOf } from './align.ts';
import type { Box, DetectorKind, Face, FaceDetector } from './face.ts';
import { type LoadedFaceApi, loadFaceApi } from './face-api.ts';
import { findLandmarks, LANDMARK_INPUT, type LandmarkNet } from './landmarks.ts';
import { mergeFinds, searchWindows, type Window } from './search-windows.ts';
import { findUpright, type Look } from './upright.ts';

/** More faces than these are a crowd: nobody's portrait. */
const MOST_FACES = 16;

interface Find {
  readonly box: Box;
  readonly score: number;
}

/** One of the two ways to look, as its networks and how they are used. */
interface Method {
  /** Side of the square that the detector network looks at. */
  readonly input: number;
  readonly turns: (width: number, height: number) => Window[][];
  readonly rounds: number;
  readonly locate: (pixels: tf.Tensor3D) => Promise<FaceDetection[]>;
  readonly landmarkNet: LandmarkNet;
  /** How much a square picture of a face looks like an upright one, 0..1; absent where nobody asks. */
  readonly uprightness?: (square: RgbImage) => Promise<number>;
  readonly dispose: () => void;
}

/** Looks for faces in this thread, and blocks it meanwhile: 0.3 s for a portrait, 0.05 s for a preview. */
export interface LocalLook {
  readonly look: Look;
  close(): Promise<void>;
}

export function createLocalLook(kind: DetectorKind): LocalLook {
  let method: Promise<Method> | undefined;
  return {
    async look(image, isTurned) {
      method ??= loadMethod(kind);
      return lookWith(await method, image, isTurned);
    },
    async close() {
      (await method)?.dispose();
      method = undefined;
    },
  };
}

/** A detector on such a look. Everybody but a worker and tests wants `createFaceDetector` instead. */
export function createLocalDetector(kind: DetectorKind): FaceDetector {
  const { look, close } = createLocalLook(kind);
  return {
    detect: async (image) => (kind === 'portrait' ? findUpright(image, look) : [...(await look(image, false))]),
    close,
  };
}

async function lookWith(method: Method, image: RgbImage, isTurned: boolean): Promise<Face[]> {
  const turns = method.turns(image.width, image.height);
  // People who are small in a turned picture are not looked for: that would take ten times as long.
  const [face, ...others] = await search(method, image, isTurned ? turns.slice(0, 2) : turns);
  if (face === undefined) return [];
  const upright = method.uprightness && (await uprightEvidence(method.uprightness, image, face.landmarks68));
  return [{ ...face, upright }, ...others];
}

async function search(method: Method, image: RgbImage, turns: readonly Window[][]): Promise<Face[]> {
  for (const turn of turns) {
    const finds: Find[] = [];
    for (const window of turn) finds.push(...(await lookAt(method, image, window)));
    if (finds.length === 0) continue;
    const faces: Face[] = [];
    for (const { box, score } of mergeFinds(finds).sort(bySize).slice(0, MOST_FACES)) {
      const landmarks68 = await findLandmarks(method.landmarkNet, image, box, method.rounds);
      if (isPlausible(box, landmarks68)) faces.push({ box, score, landmarks68 });
    }
    if (faces.length > 0) return faces;
  }
  return [];
}

/** A second look of another size is only taken where the first is not sure: it costs three times as much. */
const CERTAIN = 0.9;

async function uprightEvidence(
  uprightness: (square: RgbImage) => Promise<number>,
  image: RgbImage,
  landmarks68: readonly Point[],
): Promise<number> {
  const quad = alignmentQuad(landmarks68);
  const near = await uprightness(sampleQuad(image, quad, 160));
  if (near >= CERTAIN) return near;
  return (near + (await uprightness(sampleQuad(image, grownQuad(quad, 1.4), 224)))) / 2;
}

/** In a face, eyes and mouth lie as a face has them; in a fold of cloth that looks like one they shrink or fly apart. */
function isPlausible(box: Box, landmarks68: readonly Point[]): boolean {
  const ratio = sideOf(alignmentQuad(landmarks68)) / Math.max(box.width, box.height);
  return ratio > 0.7 && ratio < 3;
}

const bySize = (a: Find, b: Find) => b.box.width * b.box.height - a.box.width * a.box.height;

async function lookAt(method: Method, image: RgbImage, window: Window): Promise<Find[]> {
  const { pixels, left, top, scale } = await cutSquare(image, window, method.input);
  const { api } = await loadFaceApi();
  const input = api.tf.tensor3d(pixels.data, [method.input, method.input, 3], 'int32');
  try {
    return (await method.locate(input)).map(({ box, score }) => ({
      score,
      box: {
        x: left + box.x / scale,
        y: top + box.y / scale,
        width: box.width / scale,
        height: box.height / scale,
      },
    }));
  } finally {
    input.dispose();
  }
}

async function loadMethod(kind: DetectorKind): Promise<Method> {
  const loaded = await loadFaceApi();
  const { api, models } = loaded;
  if (kind === 'preview') {
    const detector = new api.TinyFaceDetector();
    const net = new api.FaceLandmark68TinyNet();
    await Promise.all([detector.loadFromDisk(models), net.loadFromDisk(models)]);
    return {
      input: 320,
      turns: (width, height) => searchWindows(width, height).slice(0, 1),
      rounds: 1,
      locate: (pixels) => detector.locateFaces(pixels, { inputSize: 320, scoreThreshold: 0.3 }),
      landmarkNet: landmarkNet(loaded, net),
      dispose: () => disposeAll(detector, net),
    };
  }
  const detector = new api.SsdMobilenetv1();
  const net = new api.FaceLandmark68Net();
  // It knows upright faces alone, which the large one does not tell from others.
  const tiny = new api.TinyFaceDetector();
  await Promise.all([detector, net, tiny].map((network) => network.loadFromDisk(models)));
  return {
    input: 512,
    turns: searchWindows,
    rounds: 2,
    locate: (pixels) => detector.locateFaces(pixels, { minConfidence: 0.4, maxResults: MOST_FACES }),
    landmarkNet: landmarkNet(loaded, net),
    uprightness: async ({ data, width, height }) => {
      const pixels = api.tf.tensor3d(data, [height, width, 3], 'int32');
      try {
        const finds = await tiny.locateFaces(pixels, { inputSize: width, scoreThreshold: 0.05 });
        return Math.max(0, ...finds.map(({ score }) => score));
      } finally {
        pixels.dispose();
      }
    },
    dispose: () => disposeAll(detector, net, tiny),
  };
}

function disposeAll(...networks: readonly Pick<NeuralNetwork<unknown>, 'dispose'>[]): void {
  for (const network of networks) network.dispose();
}

function landmarkNet(
  { api }: LoadedFaceApi,
  net: { detectLandmarks(input: tf.Tensor3D[]): Promise<FaceLandmarks68 | FaceLandmarks68[]> },
): LandmarkNet {
  return async (patches) => {
    const inputs = patches.map(({ data }) => api.tf.tensor3d(data, [LANDMARK_INPUT, LANDMARK_INPUT, 3], 'int32'));
    try {
      const answers = [await net.detectLandmarks(inputs)].flat();
      return answers.map(({ positions }) =>
        positions.map(({ x, y }): Point => [x / LANDMARK_INPUT, y / LANDMARK_INPUT]),
      );
    } finally {
      for (const input of inputs) input.dispose();
    }
  };
}
