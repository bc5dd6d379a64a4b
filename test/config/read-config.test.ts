import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerCheck } from '../../server/cli/check.ts';
import { ConfigError } from '../../server/config/errors.ts';
import { exampleConfig } from '../../server/config/example.ts';
import { configLimits, defaultConfig, parseConfig, readConfig } from '../../server/config/read-config.ts';
import { textsDocument } from '../../server/config/texts-document.ts';
import { fixedParameters } from '../../server/protocol/parameters.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import { writeTinyPack } from '../engine/tiny-pack.ts';

/** Line, column and message of everything wrong with a text. */
function problems(text: string): readonly string[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

describe('installation.yaml', () => {
  it('at the root is what the schema says, with every default', async () => {
    await expect(exampleConfig()).toMatchFileSnapshot('../../installation.yaml');
    expect(parseConfig(exampleConfig(), 'f')).toEqual(defaultConfig());
    expect(parseConfig('', 'f')).toEqual(defaultConfig());
    expect(parseConfig('live:\nserver:\n  port:\n', 'f')).toEqual(defaultConfig());
  });

  it('has a list of all words beside it', async () => {
    await expect(textsDocument()).toMatchFileSnapshot('../../docs/texts.md');
  });

  it('has the default of every live parameter', () => {
    const { live } = defaultConfig();
    for (const parameter of fixedParameters) expect(live[parameter.key]).toBe(parameter.default);
  });

  it('tells every problem at once, in place, with what would be right', () => {
    const text = `pace: 3
server:
  port: 99999
  pin: 12
live:
  pase: 3
  camera: foo
  pace: x
languages: [en, nl]
texts: {en: {titel: x}}
stream: {size: 3}
osc: {allow: [x]}
`;
    expect(problems(text)).toEqual([
      '1:1 “pace” is not known here; it belongs under “live”.',
      '3:9 server.port must be a whole number from 1 to 65535, not 99999.',
      '4:8 server.pin must be 6 to 64 letters, digits, dashes or underscores, in quotation marks, or nothing, not 12.',
      '6:3 “pase” is not known under “live”; did you mean “pace”?',
      '7:11 live.camera must be one of browser, device, node-webcam, folder, not “foo”.',
      '8:9 live.pace must be a number from 5 to 600 s, not “x”.',
      '9:17 There are no texts in “nl”: add them under texts, or take the language out.',
      '10:14 “titel” is not known under “texts.en”; did you mean “title”?',
      '11:16 stream.size must be one of 256, 512, 768, 1024, 1536, 2048, not 3.',
      '12:15 osc.allow.0 must be an address or a network, such as 192.168.1.20 or 192.168.1.0/24, not “x”.',
    ]);
  });

  it('says what is wrong with YAML itself', () => {
    expect(problems('server:\n\tport: 3')[0]).toBe('2:1 Use spaces, not tabs, at the beginning of a line.');
    expect(problems('server: !run rm')[0]).toMatch(/^1:9 This is not valid YAML here/);
    expect(problems('live:\n  pace: 30\n---\nosc: {}')[0]).toBe(
      '3:1 A configuration is one document: take out this line and what is below it.',
    );
    expect(problems('- a')).toEqual(['1:1 the file must be a section with keys of its own, not a list.']);
  });

  it('names a key that stands twice, and goes on checking what stands in both', () => {
    const text = `live:
  pace: 1
osc:
  port: 9000
  prot: 3
  port: 99999
live:
  pase: 3
  hold: x
`;
    expect(problems(text)).toEqual([
      '2:9 live.pace must be a number from 5 to 600 s, not 1.',
      '5:3 “prot” is not known under “osc”; did you mean “port”?',
      '6:3 “port” is there twice: it stands in line 4 already.',
      '6:9 osc.port must be a whole number from 1 to 65535, not 99999.',
      '7:1 “live” is there twice: it stands in line 1 already.',
      '8:3 “pase” is not known under “live”; did you mean “pace”?',
      expect.stringMatching(/^9:9 live.hold must be a number/),
    ]);
    expect(problems('osc: {port: 1}\nosc:\n\tport: 3')).toEqual(
      expect.arrayContaining(['2:1 “osc” is there twice: it stands in line 1 already.']),
    );
    expect(problems('a: 1\n'.repeat(2_000))).toHaveLength(configLimits.problems);
  });

  it('knows keys that must fit each other', () => {
    expect(problems('server: {certificate: a.pem}')).toHaveLength(1);
    expect(problems('server: {certificate: auto}')).toEqual([]);
    expect(problems('server: {certificate: auto, certificateKey: a.pem}')[0]).toMatch(/makes its own key/);
    expect(problems('live: {captionLanguage: fr}\nlanguages: [en]')[0]).toMatch(
      /must be all or one of the languages: en/,
    );
    expect(problems('languages: [nl]\ntexts: {nl: {name: Nederlands, title: Gezichten}}\n')).toEqual([]);
  });

  it('is refused when it is a bomb, in good time', () => {
    const start = performance.now();
    for (const bomb of ['[', '- ', '? ', '{a: ', '- &a ', '&a ', '!', '"', 'a: ']) {
      expect(problems(bomb.repeat(configLimits.size / bomb.length / 2)).length, bomb).toBeGreaterThan(0);
    }
    const laughs = Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [${`*b${i - 1},`.repeat(9)}]`);
    expect(problems(['b: &b-1 [x]', ...laughs].join('\n')).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it.each<[string, string]>([
    ['keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['keys of a section', `live:\n${Array.from({ length: 20_000 }, (_, i) => `  k${i}: 1`).join('\n')}`],
    ['keys on a line', `{${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join(',')}}`],
    ['keys with marks', Array.from({ length: 20_000 }, (_, i) => `? k${i}\n: 1`).join('\n')],
    ['doubled keys', 'pack: a\n'.repeat(20_000)],
    ['quotes', '"'.repeat(200_000)],
    ['colons', ': :\n'.repeat(40_000)],
    ['entries', `languages: [${'1,'.repeat(100_000)}]`],
    ['directives', '%A\n'.repeat(60_000)],
  ])('is not read further where it has more %s than any', (_, text) => {
    // Each took 3 to 60 s.
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/more keys and values/);
  });

  it.each(['https://user:secret@faces.museum.org', 'https://faces.museum.org/?a=1', 'https://faces.museum.org/#a'])(
    'refuses a public address that receipts cannot use: %s',
    (address) => {
      expect(problems(`server:\n  publicAddress: "${address}"`)[0]).toMatch(/without user name, password, \? and #/);
      expect(problems('server:\n  publicAddress: "https://faces.museum.org/faces"')).toEqual([]);
    },
  );

  it('stops at fifty problems', () => {
    const unknown = Array.from({ length: 2_000 }, (_, i) => `k${i}: 1`);
    const found = problems([...unknown, 'server: {port: x}'].join('\n'));
    expect(found).toHaveLength(configLimits.problems);
    expect(found[0]).toMatch(/^1:1 “k0”/);
    // What is wrong with keys that are known is among them.
    expect(found[49]).toMatch(/^2001:16 server.port/);
    expect(problems('pack: a\n'.repeat(2_000))).toHaveLength(configLimits.problems);
    // All that installation.yaml may need is far below.
    expect(problems(`${exampleConfig()}\n${'# a remark\n'.repeat(5_000)}`)).toEqual([]);
  });

  it('never ends in anything but a configuration or a list of problems', () => {
    const keys = fc.constantFrom('server', 'live', 'pace', 'osc', 'allow', 'texts', 'en', '__proto__', 'constructor');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, fc.jsonValue(), fc.dictionary(keys, tie('tree'), { maxKeys: 4 })),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        problems(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>#"\'\n\t ?,%@') }), (text) => {
        problems(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a configuration file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.skipIf(process.platform === 'win32')('is not read without end', async () => {
    await expect(readConfig('/dev/zero')).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
  });

  it('that is missing, too large or no text is a clear error', async () => {
    await expect(readConfig(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await writeFile(join(folder, 'large.yaml'), '#'.repeat(configLimits.size + 1));
    await expect(readConfig(join(folder, 'large.yaml'))).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
    await writeFile(join(folder, 'latin1.yaml'), Buffer.from([0x70, 0xe4]));
    await expect(readConfig(join(folder, 'latin1.yaml'))).rejects.toMatchObject({ code: 'CONFIG_NOT_TEXT' });
    await expect(readConfig(folder)).rejects.toMatchObject({ code: 'FILE_IS_FOLDER' });
  });

  it('is checked by the command', async () => {
    const program = new Command().exitOverride();
    registerCheck(program);
    const file = join(folder, 'bad.yaml');
    await writeFile(file, 'live: {pace: 1}\nosc: {port: 0}\n');
    const run = program.parseAsync(['check', file], { from: 'user' });
    await expect(run).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      exitCode: 1,
      message:
        `${file}:1:14: live.pace must be a number from 5 to 600 s, not 1.\n` +
        `${file}:2:13: osc.port must be a whole number from 1 to 65535, not 0.`,
    });
  });

  it('is fine with a PIN of fewer than six characters, but the command says what that PIN is not good for', async () => {
    const check = async (yaml: string) => {
      const file = join(folder, 'pin.yaml');
      await writeFile(file, yaml);
      const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      const program = new Command().exitOverride();
      registerCheck(program);
      await program.parseAsync(['check', file], { from: 'user' });
      const [[text]] = written.mock.calls;
      written.mockRestore();
      return String(text).replace(file, 'FILE');
    };
    expect(await check('server: {pin: "47110"}')).toMatch(
      /^FILE is fine\.\nNote: 'pin' under 'server' .* fewer than 6 characters .* on this computer only.*at least 6\.\n$/,
    );
    expect(await check('server: {pin: "471100"}')).toBe('FILE is fine.\n');
    expect(await check('')).toBe('FILE is fine.\n');
  });

  it('is checked against the directions of its face pack, where that is there', async () => {
    const check = async (pack: string, more = '') => {
      const file = join(folder, 'directions.yaml');
      await writeFile(file, `${pack}live:\n  directions: {age: 0.5, smile: 1}\n${more}`);
      const program = new Command().exitOverride();
      registerCheck(program);
      return program.parseAsync(['check', file], { from: 'user' }).then(
        () => 'fine',
        (error) => error.message.replaceAll(`${file}:`, ''),
      );
    };
    const none = (column: number, name: string) =>
      `2:${column}: live.directions: the face pack has no direction “${name}”; it has none.`;
    expect(await check('')).toBe(`${none(16, 'age')}\n${none(26, 'smile')}`);
    expect(await check('', 'osc: {port: 0}\n')).toMatch(/no direction “smile”; it has none\.\n3:13: osc\.port/);

    const pack = join(folder, 'pack');
    await mkdir(pack);
    await writeTinyPack(pack);
    await appendFile(join(pack, 'pack.yaml'), 'directions: directions.safetensors\n');
    const directions = Object.fromEntries(
      ['pose', 'smile'].map((name) => [name, { shape: [16], data: new Float32Array(16) }]),
    );
    expect(await check('pack: ./pack\n')).toBe('fine');
    await writeSafetensors(join(pack, 'directions.safetensors'), directions);
    expect(await check('pack: ./pack\n')).toBe(
      '3:16: live.directions: the face pack has no direction “age”; it has pose, smile.',
    );
    expect(await check('pack: ./elsewhere\n')).toBe('fine');
  });
});
