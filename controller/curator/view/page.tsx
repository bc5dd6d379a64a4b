import { useState } from 'preact/hooks';
import { serverNow } from '../../shared/link/page-link.ts';
import { useStore } from '../../shared/use-store.ts';
import { useTicks } from '../../shared/use-ticks.ts';
import type { CuratorApp } from '../curator-app.ts';
import { drawsNothing } from '../model/drawing.ts';
import { gateOf } from '../model/gate.ts';
import { AcknowledgementStrip } from './acknowledgement-strip.tsx';
import { Chain } from './chain.tsx';
import type { View } from './context.ts';
import { Controls } from './controls.tsx';
import { Devices } from './devices.tsx';
import { Displays } from './displays.tsx';
import { OutdatedGate, PinGate } from './gate.tsx';
import { Log } from './log.tsx';
import { Now } from './now.tsx';
import { Presets } from './presets.tsx';
import { SafeButtons } from './safe-buttons.tsx';
import { type Tab, Tabs } from './tabs.tsx';
import { Wall } from './wall.tsx';

/** The curator's page: a gate, then the wall and the big buttons beside panels. */
export function Page({ app }: { readonly app: CuratorApp }) {
  const link = useStore(app.link);
  const [entered, enter] = useState(false);
  const gate = gateOf(link, entered);
  if (gate.name === 'outdated') return <OutdatedGate />;
  if (gate.name === 'pin') {
    return (
      <PinGate
        gate={gate}
        onPin={(pin) => {
          enter(true);
          app.enter(pin);
        }}
      />
    );
  }
  return (
    <Desk
      app={app}
      onLock={() => {
        enter(false);
        app.lock();
      }}
    />
  );
}

function Desk({ app, onLock }: { readonly app: CuratorApp; readonly onLock: () => void }) {
  const link = useStore(app.link);
  const [tab, select] = useState('now');
  useTicks(1_000);
  const { state } = link;
  if (!state?.curator) return null;
  const view: View = {
    app,
    state,
    curator: state.curator,
    now: serverNow(link, Date.now()),
    send: (command) => void app.send(command),
  };
  const away = link.phase !== 'online';
  return (
    <div class="desk" data-away={away}>
      <header>
        <h1>Familiar Faces</h1>
        <p class="away" role="status">
          {away && 'The connection is lost. Trying again; nothing can be changed until then.'}
        </p>
        <button type="button" class="quiet" onClick={onLock}>
          Lock
        </button>
      </header>
      <aside>
        <Wall view={view} />
        <SafeButtons view={view} />
      </aside>
      <main>
        <Tabs tabs={tabsOf(view)} current={tab} onSelect={select}>
          <Panel view={view} tab={tab} />
        </Tabs>
      </main>
      <AcknowledgementStrip app={app} />
    </div>
  );
}

function Panel({ view, tab }: { readonly view: View; readonly tab: string }) {
  switch (tab) {
    case 'controls':
      return <Controls view={view} />;
    case 'chain':
      return <Chain view={view} />;
    case 'displays':
      return <Displays view={view} />;
    case 'devices':
      return <Devices view={view} />;
    case 'presets':
      return <Presets view={view} />;
    case 'log':
      return <Log view={view} />;
    default:
      return <Now view={view} />;
  }
}

function tabsOf({ curator, now }: View): readonly Tab[] {
  const dark = curator.displays.length === 0 || curator.displays.some((display) => drawsNothing(display, now));
  const trouble = curator.engine.level === 'trouble' || curator.camera.level === 'trouble';
  return [
    { id: 'now', label: 'Now', marked: trouble },
    { id: 'controls', label: 'Controls' },
    { id: 'chain', label: 'Chain' },
    { id: 'displays', label: 'Displays', marked: dark },
    { id: 'devices', label: 'Devices', marked: curator.waiting.length > 0 },
    { id: 'presets', label: 'Presets' },
    { id: 'log', label: 'Log', marked: curator.log.at(-1)?.level === 'error' },
  ];
}
