import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Which rooms of server/ a room may import from, besides itself, `errors.ts` and `paths.ts`. The one direction of
 * dependencies: nothing here may import what stands above it in the flow from camera to light.
 */
const rooms: Record<string, readonly string[]> = {
  protocol: [],
  graph: [],
  files: [],
  image: ['files', 'runtime'],
  weights: ['files', 'graph'],
  runtime: ['graph'],
  networks: ['graph', 'weights', 'files', 'media'],
  projection: ['graph', 'networks', 'runtime', 'weights'],
  face: ['files', 'image', 'runtime'],
  certificate: ['files'],
  media: ['files', 'image'],
  config: ['protocol', 'files'],
  import: ['files', 'graph', 'media', 'networks', 'projection', 'runtime', 'weights'],
  bench: ['config', 'graph', 'image', 'installation', 'networks', 'projection', 'protocol', 'runtime', 'weights'],
  film: ['files', 'image', 'media', 'networks', 'projection'],
  installation: ['protocol', 'config', 'image'],
  stream: ['protocol', 'image', 'installation'],
  control: ['protocol', 'config', 'installation', 'files'],
  live: [
    'certificate',
    'config',
    'control',
    'engine',
    'face',
    'files',
    'http',
    'image',
    'installation',
    'protocol',
    'stream',
  ],
  http: ['protocol', 'installation', 'files'],
  camera: ['protocol', 'config', 'installation', 'face', 'files', 'image', 'media', 'runtime'],
  doctor: ['media', 'networks', 'runtime'],
  chain: ['files', 'image', 'installation', 'media', 'networks', 'projection', 'protocol', 'weights', 'config'],
  engine: [
    'chain',
    'files',
    'graph',
    'image',
    'installation',
    'networks',
    'projection',
    'protocol',
    'runtime',
    'media',
  ],
};

/** Rooms that must run in a browser, or give the same for the same everywhere: no Node, no clock, no chance. */
const pure = ['protocol', 'graph'];

/** Packages that exactly one file may import, so that each can be replaced. */
const soleImporters: Record<string, RegExp> = {
  'onnxruntime-node': /^server\/runtime\/onnxruntime\.ts$/,
  'node-av': /^server\/media\/ffmpeg\.ts$/,
  'node-webcam': /^server\/camera\//,
  'osc-js': /^server\/control\//,
};

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources = listSources('server').concat(listSources('display'), listSources('controller'));

describe('the house', () => {
  it('has one direction of dependencies', () => {
    const wrong: string[] = [];
    for (const { path, imports } of sources) {
      const room = roomOf(path);
      if (room === undefined) continue;
      for (const target of imports.filter((i) => i.startsWith('server/'))) {
        const other = roomOf(target);
        if (other === undefined || other === room || rooms[room]?.includes(other)) continue;
        wrong.push(`${path} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('knows every room', () => {
    const found = new Set(
      sources.map(({ path }) => roomOf(path)).filter((room) => room !== undefined && room !== 'cli'),
    );
    expect([...found].filter((room) => !((room as string) in rooms))).toEqual([]);
  });

  it('lets pages see nothing of the server but the protocol', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('server/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter((i) => i.startsWith('node:') || (i.startsWith('server/') && !i.startsWith('server/protocol/')))
          .map((i) => `${path} imports ${i}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each(pure)('%s is pure', (room) => {
    const wrong = sources
      .filter(({ path }) => roomOf(path) === room)
      .filter(
        ({ text, imports }) =>
          imports.some((i) => i.startsWith('node:')) ||
          /Math\.random|Date\.now|new Date\(\)|document\.|window\.\w/.test(text),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it('imports each replaceable package in one place', () => {
    const wrong = Object.entries(soleImporters).flatMap(([name, allowed]) =>
      sources
        .filter(
          ({ path, imports }) => imports.some((i) => i === name || i.startsWith(`${name}/`)) && !allowed.test(path),
        )
        .map(({ path }) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has files small enough to hold one idea', () => {
    const large = sources.filter(({ text }) => text.split('\n').length > 401).map(({ path }) => path);
    expect(large).toEqual([]);
  });
});

/** 'server/graph/ops.ts' -> 'graph'; undefined for files that stand in no room. Importing is a room inside a room. */
function roomOf(path: string): string | undefined {
  const parts = path.split('/');
  if (path.startsWith('server/networks/import/')) return 'import';
  return parts[0] === 'server' && parts.length > 2 && parts[1] !== 'cli' ? parts[1] : undefined;
}

function listSources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const path = `${folder}/${name.split(sep).join('/')}`;
      const text = readFileSync(join(root, path), 'utf8');
      // Imports that only bring types vanish at run time, but they are dependencies of the reader all the same.
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) =>
        target.startsWith('.')
          ? relative(root, join(root, dirname(path), target))
              .split(sep)
              .join('/')
          : target,
      );
      return { path, text, imports };
    });
}
