import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as FaceApi from '@vladmandic/face-api';
import { startTensorFlow } from '../runtime/tensorflow-backend.ts';

/** @vladmandic/face-api on TensorFlow.js. `api.tf` is the one TensorFlow.js of this thread. */
export interface LoadedFaceApi {
  readonly api: typeof FaceApi;
  /** Folder of the models, inside of the package. */
  readonly models: string;
}

/** Loads face-api in this thread, offline, on whatever TensorFlow.js runs on here. Loading again costs nothing. */
export async function loadFaceApi(): Promise<LoadedFaceApi> {
  await startTensorFlow();
  // CommonJS, because face-api's module builds bring a TensorFlow.js of their own, for browsers.
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@vladmandic/face-api/dist/face-api.node-wasm.js');
  return { api: require(entry) as typeof FaceApi, models: join(dirname(entry), '..', 'model') };
}
