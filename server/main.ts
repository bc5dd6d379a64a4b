import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { keepSweepingRefused } from './camera/refused-photographs.ts';
import { openChain } from './chain/chain.ts';
import type { Config } from './config/schema.ts';
import { openStateFile, type StateFile } from './config/state-file.ts';
import { Control } from './control/control.ts';
import { Devices } from './control/devices.ts';
import { Displays } from './control/displays.ts';
import { LiveParameters } from './control/live-parameters.ts';
import { LogBook } from './control/log-book.ts';
import { OscControl } from './control/osc/osc-control.ts';
import { Pairing } from './control/pairing.ts';
import { PinGuard } from './control/pin-guard.ts';
import { ControlSocket } from './control/socket.ts';
import { StateView } from './control/state-view.ts';
import { WaitingDevices } from './control/waiting-devices.ts';
import { allTexts, consentWords, languagesOf } from './control/words.ts';
import { Engine } from './engine/engine-port.ts';
import { messageOf } from './errors.ts';
import { createHttpServer } from './http/http-server.ts';
import { loadPages } from './http/pages.ts';
import { DecoderProcess, type ImageDecoder } from './image/decoder.ts';
import type { RgbImage } from './image/rgb-image.ts';
import type { Settings } from './installation/machine-types.ts';
import { type CameraPort, type StreamPort, systemClock } from './installation/ports.ts';
import { Installation } from './installation/runner.ts';
import { pageAddress } from './live/addresses.ts';
import { applyParameters } from './live/apply-parameters.ts';
import { followCamera } from './live/camera-log.ts';
import { Closing } from './live/closing.ts';
import { FrameAudience } from './live/frame-audience.ts';
import { healthOf } from './live/health.ts';
import { HelperHealth } from './live/helper-health.ts';
import { keepFresh, openHttps } from './live/https.ts';
import { ownHosts } from './live/own-hosts.ts';
import { Portraits } from './live/portraits.ts';
import { PreviewStream } from './live/preview-stream.ts';
import { withPlaces } from './live/route-places.ts';
import { refuseUpgrade, type Upgrade, UpgradeGate } from './live/upgrade.ts';
import { readPackDescription } from './networks/face-pack.ts';
import { packageRoot, packFolder } from './paths.ts';
import { describeParameters, type ParameterValues } from './protocol/parameters.ts';
import { pinNote } from './protocol/pin.ts';
import { routes } from './protocol/routes.ts';
import { createPictureEncoder } from './stream/encoder.ts';
import { FrameHub } from './stream/hub.ts';

/** A camera that may also take in tablets which lend theirs. */
export type LiveCamera = CameraPort & { readonly handleUpgrade?: Upgrade };

export interface LiveOptions {
  readonly config: Config;
  /** What paths in the configuration are seen from. */
  readonly folder: string;
  /** Opens the camera that the driver names; `decoder` is for its pictures. */
  readonly createCamera: (driver: string, decoder: ImageDecoder) => LiveCamera;
  /** Where the pages were built; those of the package where it is left out. */
  readonly pages?: string;
  /** What stands between the piece and its displays, for measuring; nothing where it is left out. */
  readonly tap?: (stream: StreamPort) => StreamPort;
}

/** The running piece. */
export interface Live {
  /** Address of the wall, with a slash at the end. */
  readonly address: string;
  /** Address of the tablets, with a slash at the end: over https where there is a certificate. */
  readonly tablets: string;
  /** Where devices come to trust a certificate of our own; null where they need not. */
  readonly trust: string | null;
  readonly pin: string;
  readonly pack: string;
  readonly log: LogBook;
  readonly engine: Engine;
  readonly camera: CameraPort;
  readonly installation: Installation;
  /** Where OSC is listened for; null where it is not. */
  readonly osc: string | null;
  stop(): Promise<void>;
}

/** Seconds the piece takes to put everything away, at most. */
const stopPatience = 10;
/** How far the engine stays behind the server and a wall on this computer: pages answer at once, faces come when they come. */
const niceness = 12;

/**
 * Builds the piece and starts it. Throws a FamiliarError where it cannot run; what was opened is closed again. Camera,
 * engine and OSC may be missing: the piece runs without and says so.
 */
export async function startLive(options: LiveOptions): Promise<Live> {
  const closing = new Closing(stopPatience);
  try {
    return await build(options, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function build(options: LiveOptions, closing: Closing): Promise<Live> {
  const { config, pages = join(packageRoot, 'dist', 'pages') } = options;
  const inFolder = (path: string) => resolve(options.folder, path);
  const clock = systemClock;
  const log = new LogBook(clock.date);
  const folderOfPack = packFolder(config.pack, options.folder);
  const pack = readPackDescription(folderOfPack);
  const answers = loadPages(pages);
  const texts = allTexts(config);

  const stateFile = await openStateFile(inFolder(join(config.server.stateFolder, 'state.json')), {
    onProblem: (message) => log.write('warning', message),
  });
  closing.add('the state file', () => stateFile.flush());
  if (stateFile.problem) log.write('warning', stateFile.problem);
  const pin = pinOf(config, stateFile);
  const note = pinNote(config.server.pin);
  if (note !== null) log.write('warning', note);
  const guard = new PinGuard({
    pin,
    addresses: stateFile.state.pinAddresses,
    save: (addresses) => stateFile.update({ pinAddresses: [...addresses] }),
    warn: (sentence) => log.write('warning', sentence),
  });
  const https = await openHttps(config.server, inFolder);
  const hosts = ownHosts(config.server, https);
  const devices = new Devices({
    saved: stateFile.state.devices,
    save: (paired) => stateFile.update({ devices: [...paired] }),
    secret: deviceSecret(stateFile),
    pin,
    hosts,
    now: clock.date,
  });
  const waiting = new WaitingDevices(() => socket.changed());
  const pairing = new Pairing({
    devices,
    waiting,
    guard,
    now: clock.now,
    onPaired: (message) => log.write('info', message),
  });
  const gate = new UpgradeGate(devices, hosts, https !== null);

  const { forgetAfter, keepPortraits, resume, attractFaces } = config.chain;
  const chain = await openChain({ folder: inFolder(config.chain.folder), forgetAfter, keepPortraits });
  closing.add('the chain', () => chain.close());
  for (const problem of chain.problems) log.write('warning', problem);
  chain.onProblem((problem) => log.write('warning', problem));

  const { directions: ownDirections, ...fixed } = config.live;
  const languages = languagesOf(config);
  const described = describeParameters({ directions: [], languages });
  const parameters = new LiveParameters(described, fixed as ParameterValues, stateFile.state.live);

  const patience = config.engine.patience * 1_000;
  const engine = new Engine(
    { pack: folderOfPack, engine: config.engine.runtime, niceness, patience, startPatience: 120_000, resume },
    chain,
  );
  closing.add('the engine', () => engine.close());
  const warn = (message: string) => log.write('warning', message);
  const stopSweeping = keepSweepingRefused(inFolder(config.camera.folder), clock.date, warn);
  closing.add('the refused photographs', async () => stopSweeping());

  const helpers = new HelperHealth((level, message) => log.write(level, message), clock.now);
  const decoder = new DecoderProcess({ onTrouble: helpers.of('The picture decoder') });
  closing.add('the picture decoder', () => decoder.close());
  const camera = options.createCamera(parameters.values.camera, decoder);
  closing.add('the camera', () => camera.close());
  const portraits = new Portraits({
    resolution: pack.resolution,
    ...config.portrait,
    decoder,
    troubleOf: (name) => helpers.of(name),
  });
  closing.add('the face detectors', () => portraits.close());

  const encode = createPictureEncoder(config.stream);
  const hub = new FrameHub<RgbImage>({
    encode,
    fps: config.stream.fps,
    now: () => performance.now(),
    onError: (error) => log.write('error', `A picture could not be sent: ${messageOf(error)}`),
  });
  const frames = new FrameAudience(hub, hosts, config.stream.format);

  const settings = (): Settings => {
    const { countdown, hold, accepting, portraitBeside } = parameters.values;
    return { ...config.visit, countdown, hold, accepting, portraitBeside };
  };
  const installation = new Installation(
    {
      camera,
      portraits,
      engine,
      chain,
      stream: options.tap?.(hub) ?? hub,
      clock,
      live: () => parameters.values,
      consentWords: (language, beside) => consentWords(texts, language, keepPortraits, beside),
      count: (visitors) => stateFile.update({ visitors }),
      log: (level, message) => log.write(level, message),
      attractFaces,
      fps: config.stream.fps,
    },
    settings(),
    Math.max(stateFile.state.visitors, chain.highestVisitor),
  );
  // After the engine, which has let go of the face by then: what the wall goes back to is without it.
  chain.onForgetting((id) => {
    installation.forgotten(id);
    displays.dropThumbnails();
  });

  const control = new Control({ devices, pairing, installation, parameters, chain, stateFile, log, now: clock.date });
  const displays = new Displays((client) => frames.countsOf(client));
  const changed = () => socket.changed();
  const osc = new OscControl({ config: config.osc, control, parameters, installation, log, clock, onChange: changed });
  let address = () => '';
  const view: StateView = new StateView({
    config,
    installation,
    parameters,
    control,
    chain,
    camera,
    engine,
    displays,
    log,
    osc: () => osc.health,
    clients: () => socket.clients,
    devices: () => ({
      devices: devices.list((id) => socket.isConnected(id)),
      waiting: waiting.list(clock.now()),
    }),
    publicAddress: () => config.server.publicAddress.replace(/\/$/, '') || address(),
  });
  const socket: ControlSocket = new ControlSocket({
    view,
    control,
    installation,
    displays,
    log,
    pin: guard,
    devices,
    isSecured: https !== null,
    hosts,
    isCurrent: (build) => answers(build) !== undefined,
    now: clock.now,
  });
  const identify = (request: IncomingMessage) => devices.identify(request);
  const preview = new PreviewStream(installation, camera, hosts, decoder);

  const http = createHttpServer({
    host: config.server.host,
    port: config.server.port,
    tls: https?.credentials,
    authority: https?.authority,
    pages: answers,
    pairing,
    identify,
    hosts,
    chain,
    texts,
    languages,
    onForgotten: () => log.write('info', 'A visitor has deleted their face.'),
    portrait: (token) => installation.portrait(token),
    thumbnail: (display, query) => displays.thumbnail(display, query),
    health: () => healthOf({ installation, engine, chain, camera, displays, helpers }),
    upgrades: {
      [routes.frames]: gate.from(
        'display',
        withPlaces(identify, (...upgrade) => frames.handleUpgrade(...upgrade)),
      ),
      [routes.preview]: gate.from(
        'tablet',
        withPlaces(identify, (...upgrade) => preview.handleUpgrade(...upgrade)),
      ),
      [routes.camera]: gate.from(
        'tablet',
        withPlaces(identify, (request, connection, head) => {
          if (camera.handleUpgrade) camera.handleUpgrade(request, connection, head);
          else refuseUpgrade(connection, 404);
        }),
      ),
    },
  });
  const { port } = await http.listen();
  closing.add('the pages', () => http.close());
  // These say goodbye to their clients first: the HTTP server cuts off whoever is left.
  closing.add('the stream', () => frames.close());
  closing.add('the preview', () => preview.close());
  // Visitors' phones do not know our own authority, and the wall on this computer has no need of it.
  // Asked anew each time: a computer that has just started may get its address later, or another.
  address = () => pageAddress(config.server, port, https !== null && !https.authority);
  if (https) {
    const off = keepFresh(https, http.renew, (trouble) => log.write('warning', `The certificate: ${trouble}`));
    closing.add('the certificate', async () => off());
  }

  applyParameters({
    parameters,
    installation,
    camera,
    engine,
    settings,
    languages,
    directions: ownDirections,
    warn: (message) => log.write('warning', message),
    changed,
  });
  control.onChange(changed);
  chain.onChange(changed);
  camera.onHealth(changed);
  camera.onHealth(followCamera((level, message) => log.write(level, message), clock.now));
  engine.onHealth(changed);

  socket.start(http.server);
  closing.add('the control of pages', () => socket.stop());
  if (config.osc.enabled) await osc.start().catch((error) => log.write('error', messageOf(error)));
  closing.add('OSC', () => osc.stop());
  engine.start();
  installation.start();
  closing.add('the visit', () => installation.stop());
  // The first visitor should not wait for the detectors to load; failing here fails later, in words.
  void portraits.warmUp().catch((error) => log.write('error', messageOf(error)));

  return {
    address: `${address()}/`,
    tablets: `${pageAddress(config.server, port, https !== null)}/`,
    trust: https?.authority ? `${address()}${routes.certificate}` : null,
    pin,
    pack: pack.name,
    log,
    engine,
    camera,
    installation,
    osc: osc.health.listening,
    stop: () => closing.run(),
  };
}

/** The PIN of installation.yaml, or the one that was made up at the first start. */
function pinOf(config: Config, stateFile: StateFile): string {
  if (config.server.pin) return config.server.pin;
  const pin = stateFile.state.pin ?? String(randomInt(1_000_000)).padStart(6, '0');
  if (pin !== stateFile.state.pin) stateFile.update({ pin });
  return pin;
}

/** By which a change of the PIN is noticed, from one start to the next. */
function deviceSecret(stateFile: StateFile): string {
  const secret = stateFile.state.tablets ?? randomBytes(24).toString('base64url');
  if (secret !== stateFile.state.tablets) stateFile.update({ tablets: secret });
  return secret;
}
