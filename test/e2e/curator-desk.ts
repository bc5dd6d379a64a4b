import type { Page } from 'playwright-core';
import type { Command } from '../../server/protocol/commands.ts';
import { sizes, type TabletStage } from './tablet-stage.ts';

export type Tab = 'Now' | 'Controls' | 'Chain' | 'Displays' | 'Devices' | 'Presets' | 'Log';

export const enterPin = async (page: Page, pin: string) => {
  await page.getByLabel('PIN of the curator’s page').fill(pin);
  await page.getByRole('button', { name: 'Open' }).click();
};

/** The curator's page behind its gate. */
export async function openDesk(stage: TabletStage, options: Parameters<TabletStage['open']>[1] = {}): Promise<Page> {
  const page = await stage.open('/curator', { viewport: sizes.landscape, ...options });
  await enterPin(page, stage.fake.pin);
  await page.getByRole('tablist').waitFor();
  return page;
}

export const goTo = (page: Page, tab: Tab) => page.getByRole('tab', { name: tab }).click();

export const acknowledged = (page: Page, words: string) =>
  page.locator('.acknowledgement', { hasText: words }).first().waitFor();

/** The commands of one type that were given. */
export const givenOf = <T extends Command['type']>({ fake }: TabletStage, type: T) =>
  fake.given.map(({ command }) => command).filter((command) => command.type === type) as Extract<
    Command,
    { type: T }
  >[];

/** The installation does what it is told. */
export function obey({ fake }: TabletStage): void {
  fake.answer = ({ command }) => {
    if (command.type === 'set') fake.setParameter(command.key, command.value);
    if (command.type === 'mapping.set') {
      fake.change({ mappings: { ...fake.state.mappings, [command.display]: command.mapping } });
    }
    if (command.type === 'mapping.reset') fake.change({ mappings: {} });
    if (command.type === 'chain.forget') {
      fake.change({ chain: fake.state.chain.filter(({ id }) => id !== command.face) });
    }
    return { status: 'done' };
  };
}
