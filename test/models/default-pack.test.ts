import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { defaultPack, packageRoot } from '../../server/paths.ts';

describe('the default face pack', () => {
  it('loads whole', () => {
    const { generator, perceptual } = loadFacePack(defaultPack);
    expect(generator.numWs).toBeGreaterThan(0);
    expect(perceptual.lin.length).toBeGreaterThan(0);
  });

  it('is what models/README.md says: each network with its checksum', () => {
    const readme = readFileSync(join(packageRoot, 'models', 'README.md'), 'utf8');
    for (const name of readdirSync(defaultPack).filter((file) => file.endsWith('.safetensors'))) {
      const sum = createHash('sha256')
        .update(readFileSync(join(defaultPack, name)))
        .digest('hex');
      expect(readme).toContain(`\`default/${name}\``);
      expect(readme).toContain(sum);
    }
  });
});
