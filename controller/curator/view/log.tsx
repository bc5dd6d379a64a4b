import { useState } from 'preact/hooks';
import { useStore } from '../../shared/use-store.ts';
import { timeOfDay } from '../model/words.ts';
import type { View } from './context.ts';
import { Switch } from './switch.tsx';

const levels = { info: 'note', warning: 'warning', error: 'error' } as const;

/** What the installation has noted, and what became of this tablet's commands; the newest first. */
export function Log({ view }: { readonly view: View }) {
  const [only, setOnly] = useState(false);
  const { list } = useStore(view.app.acknowledgements);
  const lines = view.curator.log.filter(({ level }) => !only || level !== 'info');
  return (
    <div class="sections">
      <section class="card wide" aria-labelledby="log">
        <h2 id="log">Log</h2>
        <Switch label="Only warnings and errors" on={only} onChange={setOnly} />
        {lines.length === 0 && <p class="help">Nothing to read.</p>}
        <ol class="log">
          {[...lines].reverse().map(({ at, level, message }, index) => (
            <li key={`${at} ${lines.length - index}`} data-level={level}>
              <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
              <span class="level">{levels[level]}</span>
              <span>{message}</span>
            </li>
          ))}
        </ol>
      </section>
      <section class="card wide" aria-labelledby="commands">
        <h2 id="commands">Commands of this tablet</h2>
        {list.length === 0 && <p class="help">None yet.</p>}
        <ol class="log">
          {list.map(({ id, at, label, status, reason }) => (
            <li key={id} data-level={status === 'refused' ? 'error' : 'info'}>
              <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
              <span class="level">{status}</span>
              <span>
                {label}
                {reason && `: ${reason}`}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
