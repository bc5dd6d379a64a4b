import type { TensorFile } from '../weights/tensor-file.ts';
import type { Generator } from './generator.ts';
import { loadStyleGan } from './stylegan.ts';
import { loadStyleGan2 } from './stylegan2.ts';
import { loadStyleGan3 } from './stylegan3.ts';

export const architectures = ['stylegan', 'stylegan2', 'stylegan3'] as const;
export type Architecture = (typeof architectures)[number];

/** What a pack's description may say where the file's metadata do not. */
export interface GeneratorSettings {
  readonly mappingMultiplier?: number;
  readonly convClamp?: number;
}

type Load = (file: TensorFile, source: string, settings: GeneratorSettings) => Generator;

const loaders: Readonly<Record<Architecture, Load>> = {
  stylegan: (file, source, settings) => loadStyleGan(file, source, mappingMultiplier(file, settings)),
  stylegan2: (file, source, settings) =>
    loadStyleGan2(file, source, {
      mappingMultiplier: mappingMultiplier(file, settings),
      convClamp: settings.convClamp ?? (Number(file.metadata.conv_clamp ?? 0) || null),
    }),
  stylegan3: (file, source, settings) => loadStyleGan3(file, source, mappingMultiplier(file, settings)),
};

/** A generator of any architecture from tensors in our layout. Throws WEIGHTS_* where they are missing or do not fit. */
export const loadGenerator = (
  architecture: Architecture,
  file: TensorFile,
  source: string,
  settings: GeneratorSettings = {},
): Generator => loaders[architecture](file, source, settings);

const mappingMultiplier = (file: TensorFile, settings: GeneratorSettings): number =>
  settings.mappingMultiplier ?? Number(file.metadata.mapping_lr_multiplier ?? 0.01);
