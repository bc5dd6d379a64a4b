import type { TensorFile } from '../weights/tensor-file.ts';
import type { Generator } from './generator.ts';
import { loadStyleGan } from './stylegan.ts';
import { loadStyleGan2 } from './stylegan2.ts';
import { loadStyleGan3 } from './stylegan3.ts';
import { wrongSetting } from './weight-reader.ts';

export const architectures = ['stylegan', 'stylegan2', 'stylegan3'] as const;
export type Architecture = (typeof architectures)[number];

/** What a pack's description may say where the file's metadata do not. */
export interface GeneratorSettings {
  readonly mappingMultiplier?: number;
  readonly convClamp?: number;
}

type Load = (file: TensorFile, source: string, settings: GeneratorSettings) => Generator;

const loaders: Readonly<Record<Architecture, Load>> = {
  stylegan: (file, source, settings) => loadStyleGan(file, source, mappingMultiplier(file, source, settings)),
  stylegan2: (file, source, settings) =>
    loadStyleGan2(file, source, {
      mappingMultiplier: mappingMultiplier(file, source, settings),
      convClamp: settings.convClamp,
    }),
  stylegan3: (file, source, settings) => loadStyleGan3(file, source, mappingMultiplier(file, source, settings)),
};

/** A generator of any architecture from tensors in our layout. Throws WEIGHTS_* where they are missing or do not fit. */
export const loadGenerator = (
  architecture: Architecture,
  file: TensorFile,
  source: string,
  settings: GeneratorSettings = {},
): Generator => loaders[architecture](file, source, settings);

function mappingMultiplier({ metadata }: TensorFile, source: string, settings: GeneratorSettings): number {
  const text = metadata.mapping_lr_multiplier;
  const value = settings.mappingMultiplier ?? Number(text ?? 0.01);
  if (value > 0 && Number.isFinite(value)) return value;
  throw wrongSetting(source, 'mapping_lr_multiplier', text);
}
