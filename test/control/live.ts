import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { defaultConfig } from '../../server/config/read-config.ts';
import type { Config } from '../../server/config/schema.ts';
import { emptyState, type SavedState } from '../../server/config/state-file.ts';
import { Control } from '../../server/control/control.ts';
import { Displays } from '../../server/control/displays.ts';
import { LiveParameters } from '../../server/control/live-parameters.ts';
import { LogBook } from '../../server/control/log-book.ts';
import { OscControl } from '../../server/control/osc/osc-control.ts';
import { PinGuard } from '../../server/control/pin-guard.ts';
import { ControlSocket } from '../../server/control/socket.ts';
import { StateView } from '../../server/control/state-view.ts';
import { systemClock } from '../../server/installation/ports.ts';
import { Installation } from '../../server/installation/runner.ts';
import { applyParameters } from '../../server/live/apply-parameters.ts';
import type { Command, CommandAnswer } from '../../server/protocol/commands.ts';
import type { DeviceKind } from '../../server/protocol/devices.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';
import { type ClientEvents, protocolVersion, type Role, type ServerEvents } from '../../server/protocol/messages.ts';
import { defaultValues, describeParameters } from '../../server/protocol/parameters.ts';
import { routes } from '../../server/protocol/routes.ts';
import { applyUpdate, type InstallationState } from '../../server/protocol/snapshot.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';
import { FakeCamera, FakeChain, FakeEngine, FakePortraits, FakeStream } from '../installation/fakes.ts';
import { devicesOf, requestFrom, sentBack } from './devices-of.ts';

export const pin = '471108';
const hosts = new OwnHosts((host) => host === 'museum');

/** The whole of control on real sockets, in front of an installation whose camera, engine and chain are fakes. */
export class LiveControl {
  readonly camera = new FakeCamera();
  readonly engine = new FakeEngine();
  readonly chain = new FakeChain();
  readonly portraits = new FakePortraits();
  readonly log = new LogBook(Date.now);
  readonly parameters: LiveParameters;
  readonly installation: Installation;
  readonly control: Control;
  readonly displays = new Displays(() => ({ sent: 1, dropped: 0 }));
  readonly socket: ControlSocket;
  readonly osc: OscControl;
  readonly http: Server = createServer();
  readonly #guard = new PinGuard({
    pin,
    addresses: [],
    save: () => {},
    warn: (sentence) => this.log.write('warning', sentence),
  });
  readonly paired = devicesOf({ pin, guard: this.#guard, onWaiting: () => this.socket.changed() });
  saved: SavedState = emptyState();
  #pages: Page[] = [];

  constructor(own: Partial<Config['osc']> = {}, { isSecured = false } = {}) {
    const config = defaultConfig();
    const descriptions = describeParameters({
      directions: [{ name: 'age', label: 'Age', min: -3, max: 3 }],
      languages: builtInLanguages,
    });
    this.parameters = new LiveParameters(descriptions, defaultValues(descriptions), {});
    const settings = () => {
      const { portraitBeside } = this.parameters.values;
      return { ...config.visit, countdown: 0, hold: 5, accepting: true, portraitBeside };
    };
    this.installation = new Installation(
      {
        camera: this.camera,
        portraits: this.portraits,
        engine: this.engine,
        chain: this.chain,
        stream: new FakeStream(),
        clock: systemClock,
        live: () => this.parameters.values,
        consentWords: () => ({ language: 'en', text: 'yes' }),
        count: () => {},
        log: (level, message) => this.log.write(level, message),
        attractFaces: 5,
        fps: 30,
      },
      settings(),
      0,
    );
    const stateFile = {
      get state() {
        return self.saved;
      },
      update: (parts: Partial<SavedState>) => {
        this.saved = { ...this.saved, ...parts };
      },
    };
    const self = this;
    const { installation, parameters, chain, log } = this;
    this.control = new Control({ ...this.paired, installation, parameters, chain, stateFile, log, now: Date.now });
    this.osc = new OscControl({
      config: { ...config.osc, host: '127.0.0.1', port: 0, ...own },
      control: this.control,
      parameters,
      installation,
      log,
      clock: systemClock,
      onChange: () => this.socket.changed(),
    });
    const view = new StateView({
      config,
      installation,
      parameters,
      control: this.control,
      chain,
      camera: this.camera,
      engine: this.engine,
      displays: this.displays,
      log,
      osc: () => this.osc.health,
      clients: () => this.socket.clients,
      devices: () => ({
        devices: this.paired.devices.list((id) => this.socket.isConnected(id)),
        waiting: this.paired.waiting.list(this.paired.clock.now),
      }),
      publicAddress: () => 'http://museum:8080',
    });
    const { control, displays } = this;
    this.socket = new ControlSocket({
      view,
      control,
      installation,
      displays,
      log,
      pin: this.#guard,
      devices: this.paired.devices,
      isSecured,
      hosts,
      isCurrent: (build) => build === '/assets/new.js',
      now: Date.now,
    });
    applyParameters({
      parameters,
      installation,
      camera: this.camera,
      engine: { setDirections() {}, directions: [], whenReady: async () => {} },
      settings,
      languages: builtInLanguages,
      directions: {},
      warn: (message) => log.write('warning', message),
      changed: () => this.socket.changed(),
    });
    control.onChange(() => this.socket.changed());
  }

  async start(): Promise<this> {
    this.installation.start();
    this.socket.start(this.http);
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    await this.osc.start();
    return this;
  }

  async stop(): Promise<void> {
    for (const page of this.#pages) page.close();
    await this.installation.stop();
    await this.osc.stop();
    await this.socket.stop();
    await new Promise((resolve) => this.http.close(resolve));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  page(role: Role, hello: Record<string, unknown> = {}, extraHeaders: Record<string, string> = {}): Page {
    const page = new Page(
      this.port,
      { protocol: protocolVersion, role, client: `client-${role}`, ...hello },
      extraHeaders,
    );
    this.#pages.push(page);
    return page;
  }

  /** Headers of a device elsewhere, as a proxy on this computer names it, after it gave the PIN. */
  headersOf(kind: DeviceKind, address = '192.168.1.77'): Record<string, string> {
    const verdict = this.paired.pairing.tryPin(requestFrom(address), kind, pin);
    return { 'x-forwarded-for': `10.9.9.9, ${address}`, cookie: sentBack(verdict.ok ? verdict.cookie : null) };
  }

  curator(client = 'client-curator'): Page {
    return this.page('curator', { pin, client });
  }
}

/** A page as the protocol has it: keeps its state from the whole and the updates. */
export class Page {
  readonly socket: Socket<ServerEvents, ClientEvents>;
  state: InstallationState | null = null;
  refused: { code: string; retryAfter?: number } | null = null;
  missed = 0;
  watched: boolean | null = null;
  reloads = 0;

  constructor(port: number, auth: Record<string, unknown>, extraHeaders: Record<string, string>) {
    const options = { path: routes.control, transports: ['websocket'], auth, extraHeaders, reconnectionDelay: 100 };
    this.socket = io(`http://127.0.0.1:${port}`, options);
    this.socket.on('connect_error', (error) => {
      this.refused = (error as { data?: { code: string } }).data ?? { code: 'transport' };
    });
    this.socket.on('state', (state) => {
      this.state = state;
    });
    this.socket.on('watch', (wanted) => {
      this.watched = wanted;
    });
    this.socket.on('reload', () => {
      this.reloads += 1;
    });
    this.socket.on('update', (update) => {
      const next = this.state && applyUpdate(this.state, update);
      if (next) this.state = next;
      else this.missed += 1;
    });
  }

  async until(what: (page: Page) => unknown, ms = 30_000): Promise<this> {
    const end = Date.now() + ms;
    while (!what(this)) {
      if (Date.now() > end) throw new Error(`In vain: ${what} ${JSON.stringify(this.refused)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this;
  }

  command(command: Command | object): Promise<CommandAnswer> {
    return this.socket.timeout(30_000).emitWithAck('command', command as Command);
  }

  close(): void {
    this.socket.disconnect();
  }
}
