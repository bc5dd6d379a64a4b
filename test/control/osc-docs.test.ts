import { describe, expect, it } from 'vitest';
import { oscAddresses } from '../../server/control/osc/addresses.ts';
import { oscDocument } from '../../server/control/osc/document.ts';
import { oscLayout } from '../../server/control/osc/layout.ts';
import { describeParameters } from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';

const parameters = describeParameters({ directions: [], languages: builtInLanguages });

describe('the documents of OSC', () => {
  it('are what the server listens by', async () => {
    await expect(oscDocument(parameters)).toMatchFileSnapshot('../../docs/osc.md');
    await expect(`${JSON.stringify(oscLayout(parameters), null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/osc/familiar-faces.json',
    );
  });

  it('leave no address out', () => {
    const document = oscDocument(parameters);
    const layout = JSON.stringify(oscLayout(parameters));
    for (const { address } of oscAddresses(parameters)) {
      expect(document).toContain(`\`${address}\``);
      expect(layout).toContain(`"address":"${address}"`);
    }
  });
});
