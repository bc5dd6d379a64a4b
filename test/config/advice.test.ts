import { expect, describe as group, it } from 'vitest';
import { type Description, describe } from '../../server/config/describe.ts';
import { ConfigError } from '../../server/config/errors.ts';
import { parseConfig } from '../../server/config/read-config.ts';

function problems(text: string): readonly string[] {
  try {
    parseConfig(text, 'f');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

/** Every key that holds a value, with the path to it. */
function keys(description: Description, path: readonly string[] = []): readonly (readonly string[])[] {
  const inner = Object.entries(description.properties ?? {});
  return inner.length === 0 ? [path] : inner.flatMap(([name, child]) => keys(child, [...path, name]));
}

const file = (path: readonly string[], value: string): string =>
  `${path.map((key, depth) => `${'  '.repeat(depth)}${key}:`).join('\n')} ${value}\n`;

/** What a sentence advises to write instead, as YAML. */
function advised(message: string): readonly string[] {
  const [, quoted] = /put (.*) in quotation marks/.exec(message) ?? [];
  if (quoted !== undefined) return [`"${quoted}"`];
  const [, alone] = /write (\S+) alone/.exec(message) ?? [];
  if (alone !== undefined) return [alone];
  const [, options] = /must be one of (.*?)(?:, not .*)?\.$/.exec(message) ?? [];
  if (options !== undefined) return options.split(', ');
  const [, least, most] = /number from (\S+) to (\S+?)(?: \S+)?,? (?:not|px|s|days)/.exec(message) ?? [];
  if (most !== undefined) return [least, most.replace(/,$/, '')];
  if (/must be true or false/.test(message)) return ['true', 'false'];
  const [, shortest = '0', longest] = /must be text of (?:at most|(\d+) to) (\d+) characters/.exec(message) ?? [];
  if (longest !== undefined) return [Number(shortest), Number(longest)].map((length) => `"${'x'.repeat(length)}"`);
  const [, fewest, letters] = /(\d+) to (\d+) letters, digits/.exec(message) ?? [];
  if (letters !== undefined)
    return ['', ...[Number(fewest), Number(letters)].map((length) => `"${'1'.repeat(length)}"`)];
  if (/full web address/.test(message)) return ['https://faces.museum.org', 'http://10.0.0.1:8080', '', '""'];
  if (/must be a list of at most/.test(message)) return ['[]'];
  if (/must be a list of 1 to/.test(message)) return ['[en]'];
  if (/a section with keys of its own/.test(message)) return ['{}', ''];
  if (/must be all or one of the languages: en/.test(message)) return ['all', 'en', 'fr'];
  return [];
}

const wrong = [
  ...['0471', '12', '012345', '1e3', '0x1F', '0o17', '1.50', '-0', '.inf', '.nan', '-1', '99999999999', '0.123'],
  ...['true', 'False', 'yes', '"5"', '5 s', '"40 px"', '"1"', '""', '" "', '[]', '[[]]', '{}', '{a: 1}', '2026-01-01'],
  ...[`"${'y'.repeat(2_000)}"`, `[${'en,'.repeat(200)}]`, '"ftp://x"', 'http://', 'ä b'],
];

/** All problems but that the other one of two keys is missing yet. */
const told = (text: string) => problems(text).filter((line) => !line.includes('go together'));

group('advice about installation.yaml', () => {
  it.each(keys(describe).map((path) => [path.join('.'), path] as const))(
    'is accepted when followed, for %s',
    (_, path) => {
      for (const value of wrong) {
        const [message] = problems(file(path, value)).filter((line) => line.startsWith(`${path.join('.')} must be`));
        if (message === undefined) continue;
        const fixes = advised(message);
        expect(fixes.length, `${value}: ${message}`).toBeGreaterThan(0);
        for (const fix of fixes) expect(told(file(path, fix)), `${message} -> ${fix}`).toEqual([]);
      }
    },
  );

  it('puts in quotation marks what stands in the file, where that is accepted', () => {
    expect(problems('server: {pin: 0471}')).toEqual(['server.pin must be text: put 0471 in quotation marks.']);
    expect(parseConfig('server: {pin: "0471"}', 'f').server.pin).toBe('0471');
    expect(problems('server: {pin: 012345}')).toEqual(['server.pin must be text: put 012345 in quotation marks.']);
    expect(problems('server: {pin: 12}')).toEqual([
      'server.pin must be 6 to 64 letters, digits, dashes or underscores, in quotation marks, or nothing, not 12.',
    ]);
    expect(problems('live: {message: true}')).toEqual(['live.message must be text: put true in quotation marks.']);
    expect(problems('live: {captionLanguage: 5}')[0]).not.toMatch(/quotation marks/);
  });

  it('about a number tells how it is written', () => {
    expect(problems('live: {pace: 40 s}')).toEqual([
      'live.pace must be a number from 5 to 600 s: write 40 alone, without a unit or quotation marks.',
    ]);
  });

  it.each([
    ['live: {languages: [en]}', 'languages: [en]', 'outside of every section'],
    ['engine: {pack: default}', 'pack: default', 'outside of every section'],
    ['pace: 30', 'live: {pace: 30}', 'it belongs under “live”'],
    ['live: {pin: "123456"}', 'server: {pin: "123456"}', 'it belongs under “server”'],
    ['live: {pase: 30}', 'live: {pace: 30}', 'did you mean “pace”?'],
    ['live: {directions: {1age: 1}}', 'live: {directions: {age-1: 1}}', 'digits and dashes, the first a letter'],
    ['texts: {NL: {name: x}}', 'texts: {pt-BR: {name: x}}', 'such as en or pt-BR'],
    ['languages: [nl]', 'languages: [nl]\ntexts: {nl: {name: Nederlands}}', 'add them under texts'],
    [
      'server: {certificate: auto, certificateKey: a}',
      'server: {certificate: auto, certificateKey: }',
      'leave certificateKey empty',
    ],
    ['server: {certificate: a.pem}', 'server: {certificate: a.pem, certificateKey: b.pem}', 'give both or none'],
    ['osc: {allow: [x]}', 'osc: {allow: [192.168.1.20, 192.168.1.0/24]}', 'such as 192.168.1.20 or 192.168.1.0/24'],
  ])('%s is refused, and what its sentence says is accepted', (before, after, sentence) => {
    expect(problems(before)).toEqual(expect.arrayContaining([expect.stringContaining(sentence)]));
    expect(problems(after)).toEqual([]);
  });
});
