import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { oscAddresses, oscAnswers, oscFeedback, oscOwn } from '../../server/control/osc/addresses.ts';
import { oscDocument, oscTable, withOscTable } from '../../server/control/osc/document.ts';
import { oscLayout } from '../../server/control/osc/layout.ts';
import { describeParameters } from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';

const parameters = describeParameters({ directions: [], languages: builtInLanguages });

// Made anew by `npm run docs`.
describe('the documents of OSC', () => {
  it('are what the server listens by', async () => {
    await expect(oscDocument(parameters)).toMatchFileSnapshot('../../docs/osc.md');
    await expect(`${JSON.stringify(oscLayout(parameters), null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/osc/familiar-faces.json',
    );
  });

  it('stand in README.md as well', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain('<!-- osc -->\n');
    expect(readme).toContain('\n<!-- /osc -->');
    await expect(withOscTable(readme, parameters)).toMatchFileSnapshot('../../README.md');
    expect(withOscTable(readme, parameters.slice(1))).not.toContain('| `/familiar/pace` |');
  });

  it('leave no address out', () => {
    const all = [
      ...oscAddresses(parameters),
      ...[oscOwn, oscAnswers, oscFeedback].flatMap((group) => Object.values(group) as { address: string }[]),
    ];
    for (const document of [oscDocument(parameters), oscTable(parameters)]) {
      for (const { address } of all) expect(document).toContain(`\n| \`${address}\` |`);
    }
  });
});
