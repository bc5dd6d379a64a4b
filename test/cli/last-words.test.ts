import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { exitCodeOf, lastWords } from '../../server/cli/last-words.ts';
import { FamiliarError, usageError } from '../../server/errors.ts';

it.each<[string, unknown, number, string]>([
  ['an error with a sentence', new FamiliarError('X', 'a.jpg: it is blue. Use red.'), 1, 'a.jpg: it is blue. Use red.'],
  ['wrong usage', usageError('Say what.'), 2, 'Say what.'],
  [
    'what the system refused',
    Object.assign(new Error('EACCES: permission denied, open'), {
      code: 'EACCES',
      syscall: 'open',
      path: '/etc/secret',
    }),
    1,
    '/etc/secret: this user may not open it. Change its permissions or choose another folder.',
  ],
  [
    'a fault of ours',
    new TypeError("Cannot read properties of undefined (reading 'x')\n    at somewhere"),
    1,
    "this should not have happened: Cannot read properties of undefined (reading 'x'). It is a fault of the program; set FAMILIAR_FACES_TRACE=1, run the command again, and report what it prints.",
  ],
  [
    'something thrown that is no error',
    'a word',
    1,
    'this should not have happened: a word. It is a fault of the program; set FAMILIAR_FACES_TRACE=1, run the command again, and report what it prints.',
  ],
])('%s is one line', (_name, error, code, sentence) => {
  expect(lastWords(error, {})).toBe(`familiar-faces: ${sentence}\n`);
  expect(exitCodeOf(error)).toBe(code);
});

it('shows the place in the code to those who ask for it', () => {
  expect(lastWords(new TypeError('broken'), { FAMILIAR_FACES_TRACE: '1' })).toMatch(/\n {4}at .*last-words\.test/);
});

it('says nothing after Commander, whose --help is no error', () => {
  expect(lastWords(new CommanderError(0, 'commander.helpDisplayed', 'help'), {})).toBe('');
  expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', 'help'))).toBe(0);
  expect(exitCodeOf(new CommanderError(1, 'commander.unknownOption', 'what'))).toBe(2);
});
