import type { Command } from '../../server/protocol/commands.ts';
import { identityMapping, type Mapping } from '../../server/protocol/mapping.ts';
import type { ParameterValue } from '../../server/protocol/parameters.ts';
import type { Answer } from '../shared/link/answers.ts';
import { clientId } from '../shared/link/client-id.ts';
import { openSocket } from '../shared/link/open-socket.ts';
import { type PageLink, reduceLink, unlinked } from '../shared/link/page-link.ts';
import { type Revival, watchRevival } from '../shared/link/revival.ts';
import { linkSocket } from '../shared/link/socket-link.ts';
import { reloadOnce } from '../shared/reload.ts';
import { createStore, type Store } from '../shared/store.ts';
import { tabStorage } from '../shared/tab-storage.ts';
import { stayAwake } from '../shared/wake.ts';
import { type Acknowledgements, answered, noAcknowledgements, sending } from './model/acknowledgements.ts';
import { commandKey, commandLabel } from './model/command-label.ts';
import { createDrafts, type Drafts } from './model/drafts.ts';
import { introduce } from './model/introduce.ts';
import { forgetPin, keepPin, keptPin } from './model/kept-pin.ts';

/** The curator's tablet without its looks. */
export interface CuratorApp {
  readonly link: Store<PageLink>;
  readonly revival: Revival;
  readonly acknowledgements: Store<Acknowledgements>;
  /** Live parameters under the hand, by key. */
  readonly parameters: Drafts<ParameterValue>;
  /** Mappings under the hand, by display. */
  readonly mappings: Drafts<Mapping>;
  send(command: Command): Promise<Answer>;
  /** Asks the server to let this page in. */
  enter(pin: string): void;
  /** Forgets the PIN and closes the page for others. */
  lock(): void;
  outdated(): void;
}

/** Least time between two values of a dragged slider, ms. */
const dragInterval = 60;

/** Puts the curator's tablet together. It connects once a PIN is known. */
export function startCuratorApp(): CuratorApp {
  const link = createStore<PageLink>(unlinked);
  const revival = watchRevival(link);
  const acknowledgements = createStore<Acknowledgements>(noAcknowledgements);
  const storage = tabStorage();
  let pin = keptPin(storage);
  const client = clientId(storage, (bytes) => crypto.getRandomValues(bytes));
  const socket = linkSocket(openSocket({ role: 'curator', client, pin: () => pin }), link);

  const send = async (command: Command): Promise<Answer> => {
    const label = commandLabel(command, link.get().state?.descriptions ?? []);
    const begun = sending(acknowledgements.get(), commandKey(command), label, Date.now());
    acknowledgements.set(begun.acknowledgements);
    const answer = await socket.send(command);
    acknowledgements.update((list) => answered(list, begun.id, answer, Date.now()));
    return answer;
  };

  const parameters = createDrafts<ParameterValue>({
    send: (key, value) => send({ type: 'set', key, value }),
    now: Date.now,
    interval: dragInterval,
  });
  const mappings = createDrafts<Mapping>({
    send: (display, mapping) => send({ type: 'mapping.set', display, mapping }),
    same: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    now: Date.now,
    interval: dragInterval,
  });

  const passed = () => {
    const { state } = link.get();
    if (!state) return;
    const values: Readonly<Record<string, ParameterValue>> = state.parameters;
    parameters.passed((key) => values[key], Date.now());
    mappings.passed((display) => state.mappings[display] ?? identityMapping, Date.now());
  };
  link.subscribe((value) => {
    if (value.phase === 'online') keepPin(storage, pin);
    if (value.phase === 'refused' && ['pin', 'not-paired'].includes(value.refusal?.code ?? '')) forgetPin(storage);
    // What is loaded again comes over https.
    if (value.phase === 'outdated' || value.refusal?.code === 'not-secure')
      reloadOnce(storage, Date.now(), () => location.reload());
    passed();
  });
  setInterval(passed, 500);
  stayAwake(document, () => {
    socket.check();
    revival.revive();
  });
  if (pin) socket.open();

  return {
    link,
    revival,
    acknowledgements,
    parameters,
    mappings,
    send,
    enter(value) {
      pin = value;
      socket.close();
      link.set({ ...unlinked, state: null });
      void introduce(pin).then((refusal) => {
        if (pin !== value) return;
        if (refusal === null) socket.open();
        else link.update((known) => reduceLink(known, { type: 'refused', refusal }));
      });
    },
    lock() {
      pin = '';
      forgetPin(storage);
      socket.close();
      link.set(unlinked);
    },
    outdated: () => link.update((value) => ({ ...value, phase: 'outdated' })),
  };
}
