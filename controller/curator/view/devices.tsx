import { useEffect, useId, useRef, useState } from 'preact/hooks';
import {
  type DeviceKind,
  deviceLimits,
  type PairedDevice,
  type WaitingDevice,
} from '../../../server/protocol/devices.ts';
import { dayAndTime, duration } from '../model/words.ts';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';
import { TextLine } from './text-line.tsx';

/** Devices on other computers: pairs displays by the code they show, names devices and removes them. */
export function Devices({ view }: { readonly view: View }) {
  const { curator, now, send } = view;
  return (
    <div class="sections">
      <PairCard waiting={curator.waiting} onPair={(code) => send({ type: 'device.pair', code })} />
      {curator.devices.map((device) => (
        <DeviceCard
          key={device.id}
          device={device}
          now={now}
          onRename={(name) => send({ type: 'device.rename', device: device.id, name })}
          onRemove={() => send({ type: 'device.remove', device: device.id })}
        />
      ))}
    </div>
  );
}

interface PairCardProps {
  readonly waiting: readonly WaitingDevice[];
  readonly onPair: (code: string) => void;
}

function PairCard({ waiting, onPair }: PairCardProps) {
  const [code, setCode] = useState('');
  const digits = code.replace(/\D/g, '');
  return (
    <section class="card" aria-labelledby="pair">
      <h2 id="pair">Pair a display</h2>
      <TextLine
        isNumber
        label="Code on the display"
        placeholder="Code on the display"
        maxLength={9}
        value={code}
        onInput={setCode}
        action="Pair"
        isReady={digits.length === 6}
        onSubmit={() => onPair(digits)}
      />
      <p role="status">{waitingWords(waiting)}</p>
      {waiting.length > 0 && (
        <ul class="waiting">
          {waiting.slice(0, mostListed).map(({ name, browser, address }, index) => (
            <li key={index}>
              <b>{name}</b> {[browser, address].filter(Boolean).join(', ')}
            </li>
          ))}
        </ul>
      )}
      <p class="help">
        Type only a code that you see on the display itself. A display on this computer needs none; tablets ask for the
        PIN on their own page.
      </p>
    </section>
  );
}

/** More displays than this are not listed one by one. */
const mostListed = 6;

function waitingWords({ length }: readonly WaitingDevice[]): string {
  if (length === 0) return 'No display is waiting.';
  return length === 1 ? 'One display is waiting:' : `${length} displays are waiting:`;
}

const kindWords: Readonly<Record<DeviceKind, string>> = {
  display: 'Display',
  tablet: 'Visitors’ tablet',
  curator: 'Curator’s device',
};

interface DeviceCardProps {
  readonly device: PairedDevice;
  readonly now: number;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}

function DeviceCard({ device, now, onRename, onRemove }: DeviceCardProps) {
  const id = useId();
  const [isNaming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const card = useRef<HTMLElement>(null);
  const wasNaming = useRef(false);
  // What had the focus is gone when its place is taken.
  useEffect(() => {
    if (isNaming) card.current?.querySelector('input')?.focus();
    else if (wasNaming.current) card.current?.querySelector('button')?.focus();
    wasNaming.current = isNaming;
  }, [isNaming]);
  const title = device.name || 'Unnamed';
  const trimmed = name.trim();
  return (
    <section class="card" aria-labelledby={id} ref={card}>
      <h2 id={id}>{title}</h2>
      <dl>
        <dt>Kind</dt>
        <dd>{kindWords[device.kind]}</dd>
        <dt>Last seen</dt>
        <dd class={device.connected ? 'present' : ''}>
          {device.connected ? 'connected now' : `${duration(now - device.seenAt)} ago`}
        </dd>
        <dt>Browser</dt>
        <dd>{device.browser || 'unknown'}</dd>
        <dt>Address</dt>
        <dd>{device.address}</dd>
        <dt>Paired</dt>
        <dd>{dayAndTime(device.pairedAt)}</dd>
      </dl>
      {device.kind === 'curator' && (
        <p class="help">Its page keeps the PIN until it is locked: if it is lost, change the PIN as well.</p>
      )}
      {!isNaming ? (
        <div class="choices">
          <button
            type="button"
            onClick={() => {
              setName(device.name);
              setNaming(true);
            }}
          >
            Rename
          </button>
          <ArmButton class="danger" question="Remove, really?" onPress={onRemove}>
            Remove
          </ArmButton>
        </div>
      ) : (
        <TextLine
          label={`New name of ${title}`}
          placeholder="Name, such as Foyer"
          maxLength={deviceLimits.name}
          value={name}
          onInput={setName}
          action="Save"
          isReady={trimmed !== ''}
          onSubmit={() => {
            onRename(trimmed);
            setNaming(false);
          }}
        />
      )}
    </section>
  );
}
