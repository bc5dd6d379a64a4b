import type { Health } from '../../../server/protocol/snapshot.ts';
import { offersFor } from '../model/offers.ts';
import { duration, percent } from '../model/words.ts';
import type { View } from './context.ts';
import { Curve } from './curve.tsx';

/** What is going on: the visit, its curve, who waits, and how everybody is. */
export function Now({ view }: { readonly view: View }) {
  return (
    <div class="sections">
      <Visit view={view} />
      <Curve view={view} />
      <Queue view={view} />
      <HealthCards view={view} />
    </div>
  );
}

const troubles = {
  camera: 'No visit can begin: the camera is not working.',
  engine: 'No visit can begin: the engine is not working.',
  closed: 'No visit can begin: “Taking visitors” is off.',
} as const;

function Visit({ view }: { readonly view: View }) {
  const { state, send } = view;
  const { visit, trouble } = state;
  const offers = offersFor(state);
  return (
    <section class="card" aria-labelledby="visit">
      <h2 id="visit">The visit</h2>
      {trouble && <p class="problem">{troubles[trouble]}</p>}
      {!visit && !trouble && <p class="help">Nobody is there. The wall plays the chain.</p>}
      {visit && (
        <dl>
          <dt>Face</dt>
          <dd>{visit.visitor ?? 'not counted yet'}</dd>
          {visit.ticket !== null && <Fact name="Number in the queue" value={visit.ticket} />}
          {visit.hints.length > 0 && <Fact name="Hint" value={visit.hints[0].replace('-', ' ')} />}
          {visit.problem && <Fact name="Last try" value={visit.problem.message} />}
          {visit.progress && (
            <>
              <Fact name="Step" value={`${visit.progress.step} of about ${visit.progress.steps}`} />
              <Fact name="Likeness" value={percent(visit.progress.likeness)} />
            </>
          )}
        </dl>
      )}
      {visit?.portrait && <img class="portrait" src={visit.portrait} alt="The visitor’s portrait" />}
      {offers.length > 0 && (
        <div class="choices">
          {offers.map(({ label, command }) => (
            <button key={label} type="button" onClick={() => send(command)}>
              {label}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string | number }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

function Queue({ view }: { readonly view: View }) {
  const { queue, settings } = view.state;
  if (!settings.queue) return null;
  return (
    <section class="card" aria-labelledby="queue">
      <h2 id="queue">Queue</h2>
      {queue.called !== null && <p>Number {queue.called} is being called.</p>}
      {queue.waiting.length === 0 && queue.called === null && <p class="help">Nobody waits.</p>}
      <ol class="queue-list">
        {queue.waiting.map(({ ticket, wait }) => (
          <li key={ticket}>
            <b>{ticket}</b>
            <span>about {duration(wait * 1_000)}</span>
            <button
              type="button"
              class="small"
              aria-label={`Take out number ${ticket}`}
              onClick={() => view.send({ type: 'queue.leave', ticket })}
            >
              Take out
            </button>
          </li>
        ))}
      </ol>
      {queue.full && <p class="problem">The queue is full.</p>}
    </section>
  );
}

function HealthCards({ view }: { readonly view: View }) {
  const { curator, now } = view;
  const { engine, camera, osc } = curator;
  const perSecond = (value: number | null, what: string) => (value === null ? null : `${value.toFixed(1)} ${what}`);
  return (
    <section class="card" aria-labelledby="health">
      <h2 id="health">Health</h2>
      <HealthLine
        what="Engine"
        health={engine}
        now={now}
        facts={[
          `pack ${engine.pack}, ${engine.resolution} px`,
          perSecond(engine.stepsPerSecond, 'steps a second'),
          engine.restarts > 0 ? `restarted ${engine.restarts} times` : null,
        ]}
      />
      <HealthLine what="Camera" health={camera} now={now} facts={[perSecond(camera.fps, 'pictures a second')]} />
      <dl>
        <Fact name="Displays" value={curator.displays.length || 'none is connected'} />
        <Fact name="Visitors’ tablets" value={curator.tablets} />
        <Fact name="Curators’ tablets" value={curator.curators} />
        <Fact
          name="OSC"
          value={
            osc.listening === null
              ? 'off'
              : `${osc.listening}, ${osc.subscribers} subscribed, ${osc.wrong} wrong messages`
          }
        />
      </dl>
    </section>
  );
}

interface HealthLineProps {
  readonly what: string;
  readonly health: Health;
  readonly now: number;
  readonly facts: readonly (string | null)[];
}

const levelWords = { good: 'works', starting: 'is starting', trouble: 'is in trouble' } as const;

function HealthLine({ what, health, now, facts }: HealthLineProps) {
  return (
    <div class="health" data-level={health.level}>
      <h3>
        {what} {levelWords[health.level]} <span>since {duration(now - health.since)}</span>
      </h3>
      <p>{[health.name, ...facts].filter(Boolean).join(' · ')}</p>
      {health.message && <p class={health.level === 'trouble' ? 'problem' : ''}>{health.message}</p>}
    </div>
  );
}
