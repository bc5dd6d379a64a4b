import type { Config } from '../config/schema.ts';
import { deadlineOf, isCaptureNext } from '../installation/deadlines.ts';
import { whyClosed } from '../installation/machine.ts';
import type { MachineState } from '../installation/machine-types.ts';
import type { CameraPort, ChainPort, EnginePort } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';
import type { Role } from '../protocol/messages.ts';
import type { Language } from '../protocol/parameters.ts';
import { portraitUrl, receiptUrl } from '../protocol/routes.ts';
import {
  type ChainFace,
  type CuratorState,
  type Farewell,
  facesAtOnce,
  type InstallationState,
  type Queue,
  type Visit,
} from '../protocol/snapshot.ts';
import type { Texts } from '../protocol/texts.ts';
import type { Control } from './control.ts';
import type { Displays } from './displays.ts';
import type { LiveParameters } from './live-parameters.ts';
import type { LogBook } from './log-book.ts';
import { allTexts, languagesOf } from './words.ts';

/** Seconds a visitor needs at the tablet, for guessing how long the queue is. */
const atTablet = 40;

export interface ViewParts {
  readonly config: Pick<Config, 'languages' | 'texts' | 'chain' | 'camera' | 'visit'>;
  readonly installation: Pick<Installation, 'state' | 'curve'>;
  readonly parameters: LiveParameters;
  readonly control: Pick<Control, 'presets' | 'mappings'>;
  readonly chain: Pick<ChainPort, 'faces' | 'unreadable' | 'clockJump'>;
  readonly camera: Pick<CameraPort, 'health'>;
  readonly engine: Pick<EnginePort, 'health'>;
  readonly displays: Displays;
  readonly log: LogBook;
  readonly osc: () => CuratorState['osc'];
  readonly clients: () => { readonly tablets: number; readonly curators: number };
  readonly devices: () => Pick<CuratorState, 'devices' | 'waiting'>;
  /** Address under which phones reach this server, without a slash at the end. */
  readonly publicAddress: () => string;
}

/** Whom a state is made for. */
export interface Viewer {
  readonly role: Role;
  readonly client: string;
}

/** All of a state but what only the connection knows. */
export type View = Omit<InstallationState, 'revision' | 'now'>;

/** Makes the state that a page is sent: the same for all, but for what belongs to one visitor or to curators. */
export class StateView {
  readonly #parts: ViewParts;
  readonly #languages: readonly Language[];
  readonly #texts: Readonly<Record<string, Texts>>;
  #faces: { readonly all: readonly ChainFace[]; readonly newest: readonly ChainFace[] } = { all: [], newest: [] };

  constructor(parts: ViewParts) {
    this.#parts = parts;
    const { config } = parts;
    this.#languages = languagesOf(config);
    this.#texts = allTexts(config);
  }

  for(viewer: Viewer): View {
    const { config, installation, parameters, control, chain } = this.#parts;
    const { state, curve } = installation;
    const { values } = parameters;
    if (this.#faces.all !== chain.faces) this.#faces = { all: chain.faces, newest: chain.faces.slice(-facesAtOnce) };
    return {
      state: state.name,
      since: state.since,
      until: deadlineOf(state),
      visit: this.#visit(state, viewer),
      farewell: this.#farewell(state, viewer),
      curve,
      queue: queueOf(state, values.pace + values.hold + atTablet),
      trouble: troubleOf(state),
      cameraDriver: values.camera,
      settings: {
        portraitsKept: config.chain.keepPortraits,
        mirror: config.camera.mirror,
        arrivedPage: config.visit.arrivedPage,
        queue: config.visit.queue > 0,
      },
      parameters: values,
      descriptions: parameters.descriptions,
      mappings: control.mappings,
      chain: this.#faces.newest,
      languages: this.#languages,
      texts: this.#texts,
      curator: viewer.role === 'curator' ? this.#curator() : null,
    };
  }

  #visit(state: MachineState, { role, client }: Viewer): Visit | null {
    const { visit } = state;
    if (!visit) return null;
    // One that was begun elsewhere may be led here; a rehearsal is nobody's.
    const isOpen = visit.owner === null && !visit.rehearsal;
    const mine = role === 'visitor' && !visit.called && (isOpen || visit.owner === client);
    const leads = mine && visit.owner !== null;
    const isBeside = visit.beside && this.#parts.parameters.values.portraitBeside;
    const shows = role === 'display' && state.name === 'arrived' && isBeside;
    const seesPortrait = visit.portrait && (leads || role === 'curator' || shows);
    const receipt = leads && visit.receipt ? receiptUrl(visit.receipt) : null;
    // Where somebody's face is in the picture is nobody else's business.
    const seesHints = leads || role === 'curator';
    return {
      visitor: visit.visitor,
      ticket: visit.ticket,
      mine,
      beside: visit.beside,
      hints: seesHints ? visit.hints : [],
      faceBox: seesHints ? visit.faceBox : null,
      portrait: seesPortrait && visit.portrait ? portraitUrl(visit.portrait) : null,
      captures: seesHints && isCaptureNext(state),
      problem: seesHints ? visit.problem : null,
      receipt,
      receiptLink: receipt && `${this.#parts.publicAddress()}${receipt}`,
      progress: visit.progress,
    };
  }

  #farewell({ farewell }: MachineState, { role, client }: Viewer): Farewell | null {
    if (!farewell || role !== 'visitor' || farewell.client !== client) return null;
    const receipt = receiptUrl(farewell.receipt);
    const receiptLink = `${this.#parts.publicAddress()}${receipt}`;
    return { visitor: farewell.visitor, receipt, receiptLink, until: farewell.until };
  }

  #curator(): CuratorState {
    const { engine, camera, displays, control, chain, log, osc, clients, devices } = this.#parts;
    return {
      engine: engine.health,
      camera: camera.health,
      displays: displays.list,
      ...clients(),
      ...devices(),
      osc: osc(),
      presets: control.presets,
      unreadable: chain.unreadable.slice(0, facesAtOnce),
      clockJump: chain.clockJump,
      log: log.lines,
    };
  }
}

function queueOf(state: MachineState, secondsEach: number): Queue {
  const busy = state.name === 'attract' ? 0 : 1;
  const waiting = state.queue.map(({ ticket }, index) => ({
    ticket,
    place: index + 1,
    wait: Math.round((index + busy) * secondsEach),
  }));
  const called = state.visit?.called ? state.visit.ticket : null;
  return { waiting, called, full: state.queue.length >= state.settings.queue };
}

function troubleOf(state: MachineState): InstallationState['trouble'] {
  switch (whyClosed(state)?.refused) {
    case 'camera-unavailable':
      return 'camera';
    case 'engine-unavailable':
      return 'engine';
    case 'closed':
      return 'closed';
    default:
      return null;
  }
}
