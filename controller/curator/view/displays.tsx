import { useState } from 'preact/hooks';
import type { DisplayHealth } from '../../../server/protocol/snapshot.ts';
import { drawsNothing } from '../model/drawing.ts';
import { duration } from '../model/words.ts';
import type { View } from './context.ts';
import { MappingEditor } from './mapping-editor.tsx';
import { Thumbnail } from './thumbnail.tsx';

/** Every display that is connected, and the mapping of each name. */
export function Displays({ view }: { readonly view: View }) {
  const { displays } = view.curator;
  const [mapped, map] = useState<string | null>(null);
  if (mapped !== null) return <MappingEditor view={view} name={mapped} onClose={() => map(null)} />;
  const names = new Set(displays.map(({ name }) => name));
  const absent = Object.keys(view.state.mappings).filter((name) => !names.has(name));
  return (
    <div class="sections">
      {displays.length === 0 && (
        <p class="problem empty">
          No display is connected. Open this server’s first page on the wall’s computer; “?name=left” gives it a name.
          On another computer it shows a code: type it in under Devices.
        </p>
      )}
      {displays.map((display) => (
        <DisplayCard key={display.id} display={display} now={view.now} onMap={() => map(display.name)} />
      ))}
      {absent.map((name) => (
        <section key={name} class="card" aria-label={`Display ${name}`}>
          <h2>{name}</h2>
          <p class="help">Not connected; its mapping is kept.</p>
          <div class="choices">
            <button type="button" onClick={() => map(name)}>
              Mapping
            </button>
          </div>
        </section>
      ))}
    </div>
  );
}

interface DisplayCardProps {
  readonly display: DisplayHealth;
  readonly now: number;
  readonly onMap: () => void;
}

/** A display that draws fewer pictures a second than this does not look smooth. */
const smooth = 50;

function DisplayCard({ display, now, onMap }: DisplayCardProps) {
  const { name, width, height, fps, dropped, sent, latency, connectedAt, thumbnail } = display;
  const share = dropped + sent > 0 ? dropped / (dropped + sent) : 0;
  return (
    <section class="card display" aria-label={`Display ${name}`}>
      <Thumbnail address={thumbnail} alt={`What the display ${name} shows`} width={width} height={height} />
      <h2>{name}</h2>
      {drawsNothing(display, now) && (
        <p class="problem">It draws nothing. Is its window in front, and does its browser have WebGL 2?</p>
      )}
      <dl>
        <dt>Picture</dt>
        <dd>
          {width} × {height} px
        </dd>
        <dt>Drawn</dt>
        <dd class={fps < smooth ? 'problem' : ''}>{fps.toFixed(1)} pictures a second</dd>
        <dt>Latency</dt>
        <dd>{latency === null ? 'no new picture' : `${Math.round(latency)} ms`}</dd>
        <dt>Dropped</dt>
        <dd>
          {dropped} of {dropped + sent} ({(share * 100).toFixed(1)} %)
        </dd>
        <dt>Connected</dt>
        <dd>for {duration(now - connectedAt)}</dd>
      </dl>
      <div class="choices">
        <button type="button" onClick={onMap}>
          Mapping
        </button>
      </div>
    </section>
  );
}
