import { clientId } from '../controller/shared/link/client-id.ts';
import { socketUrl } from '../controller/shared/link/socket-url.ts';
import { tabStorage } from '../controller/shared/tab-storage.ts';
import { identityMapping, type Mapping } from '../server/protocol/mapping.ts';
import type { PageAddress } from './address.ts';
import { captionFor, captionLanguage } from './captions/caption.ts';
import { Control } from './control.ts';
import { Receiver } from './frames/receiver.ts';
import type { ErrorGuard } from './kiosk/guard.ts';
import { loadBitmap } from './load-bitmap.ts';
import { moodOf, portraitWanted, type Surroundings, situationOf } from './mood.ts';
import { PictureIntake } from './picture-intake.ts';
import { Reporter } from './report/reporter.ts';
import { Director, type Mood } from './scene/director.ts';
import { PortraitKeeper } from './scene/portrait-keeper.ts';
import { QualityGovernor, qualityLevels } from './scene/quality.ts';
import { Stage } from './scene/stage.ts';
import { StageKeeper } from './scene/stage-keeper.ts';

/** How often it is looked at what goes on, ms; changes from the server are looked at at once. */
const glance = 250;
/** Where no picture came for so long after a break, the connection for pictures is made anew, ms. */
const suspicious = 3_000;
/** How often a face of nobody is kept for the wall, s of the piece. */
const nobodyEvery = 7;
/** Fewer faces than this are no wall. */
const fewestOnWall = 6;

/** How soon the wall should be able to draw again, ms: with a GPU, and without one. */
const gpuInterval = 1_000 / 60;
const softwareInterval = 1_000 / 30;
/**
 * Time from one drawing to the next without a GPU, ms, where the processor has portraits to make. A picture that has come is
 * drawn at once all the same: waiting would only make it late.
 */
const softwareRest = 36;

export interface WallOptions {
  readonly host: HTMLElement;
  readonly address: PageAddress;
  readonly guard: ErrorGuard;
  /** The page is of an old version, or beyond help. */
  readonly onReload: () => void;
}

/** The wall: brings together pictures, control, direction and stage. */
export class Wall {
  private readonly options: WallOptions;
  private readonly receiver: Receiver;
  private readonly control: Control;
  private readonly keeper: StageKeeper;
  private readonly reporter: Reporter;
  private readonly director = new Director();
  private readonly intake: PictureIntake;
  private readonly portrait = new PortraitKeeper(loadBitmap, (bitmap) => this.keeper.stage?.portrait.show(bitmap));
  private governor = new QualityGovernor(0, gpuInterval);
  /** Least time between two drawings, ms. */
  private least = 0;
  /** It was drawn, and is not known yet how long that keeps the browser from drawing again. */
  private isToBeJudged = false;
  private connected = false;
  private mood: Mood | null = null;
  private mapping: Mapping | null = null;
  private chain: readonly unknown[] | null = null;
  private lastTime = 0;
  private nobodyAt = 0;

  constructor(options: WallOptions) {
    const { host, address, onReload } = options;
    this.options = options;
    const client = clientId(tabStorage(), (bytes) => crypto.getRandomValues(bytes));
    this.receiver = new Receiver({
      url: socketUrl(`${address.frames}&client=${client}`),
      onStatus: (status) => {
        this.connected = status === 'open';
        if (status === 'outdated') onReload();
      },
    });
    this.intake = new PictureIntake(this.receiver, this.director);
    this.control = new Control(address.name, client, {
      onChange: () => this.look(),
      onBack: () => {
        if (performance.now() - this.intake.lastAt > suspicious) this.receiver.reconnect();
      },
      onOutdated: onReload,
    });
    this.reporter = new Reporter(this.control, this.receiver);
    this.keeper = new StageKeeper(host, {
      build: (canvas) => new Stage(canvas, address.name, loadBitmap),
      onBuilt: (stage) => this.furnish(stage),
      onHopeless: onReload,
    });
  }

  start(): void {
    this.keeper.build();
    this.receiver.start();
    this.control.open();
    this.reporter.start();
    setInterval(() => this.options.guard.run(() => this.look()), glance);
    const draw = (time: number) => {
      requestAnimationFrame(draw);
      this.options.guard.run(() => this.frame(time));
    };
    requestAnimationFrame(draw);
  }

  /** Puts everything on a new stage. */
  private furnish(stage: Stage): void {
    const worst = qualityLevels.length - 1;
    this.governor = stage.isSoftware
      ? new QualityGovernor(worst, softwareInterval)
      : new QualityGovernor(0, gpuInterval);
    this.least = stage.isSoftware ? softwareRest : 0;
    this.mapping = null;
    this.chain = null;
    this.receiver.repeat();
    this.portrait.repeat();
    this.look();
  }

  /** Looks at what goes on, and tells director and stage. */
  private look(): void {
    const { control, intake, portrait, keeper, options } = this;
    const { state } = control;
    const { stage } = keeper;
    if (!stage) return;
    portrait.want(portraitWanted(state));
    const around: Surroundings = {
      pictureState: intake.last?.state ?? 'attract',
      hasFace: intake.last !== null,
      connected: this.connected,
      wallReady: stage.wall.ready >= fewestOnWall,
      portraitReady: portrait.isReady,
      aspect: stage.aspect,
      now: control.now(),
    };
    this.mood = moodOf(state?.parameters ?? null, around);
    this.director.setSituation(situationOf(state, around));
    if (!state) return;
    const mapping = state.mappings[options.address.name] ?? identityMapping;
    if (mapping !== this.mapping) stage.setMapping(mapping);
    this.mapping = mapping;
    if (state.chain !== this.chain) stage.wall.setFaces(state.chain.map(({ id }) => id));
    this.chain = state.chain;
    stage.captions.say(captionFor(state, intake.last, captionLanguage(state, around.now)));
  }

  /** Draws the wall once. `time` in ms. */
  private frame(time: number): void {
    const { director, governor, intake, keeper, mood, reporter } = this;
    const { address } = this.options;
    const { stage, canvas } = keeper;
    const interval = time - this.lastTime;
    // What counts is how soon after a drawing the next one could be, which may wait by choice.
    if (this.isToBeJudged) governor.drawn(interval, time);
    this.isToBeJudged = false;
    if (interval < this.least && !this.receiver.hasPicture) return;
    this.lastTime = time;
    if (!stage || !canvas || !mood) return;
    const seconds = interval / 1_000;
    const quality = address.quality === null ? governor.level : qualityLevels[address.quality];
    const arrived = intake.bring(stage, mood.frozen, this.control.state?.parameters.smoothing ?? 1, time);
    const view = director.advance(seconds, mood);
    stage.resize(innerWidth, innerHeight, devicePixelRatio, quality);
    stage.draw(view, quality, seconds);
    this.isToBeJudged = true;
    if (view.portrait.opacity <= 0) this.portrait.fadedOut();
    this.keepNobody(stage);
    reporter.drawn(canvas, arrived ? intake.last : null, time);
  }

  private keepNobody(stage: Stage): void {
    const { now } = this.director.clock;
    const { last } = this.intake;
    if (last?.kind !== 'nobody' || last.state !== 'attract' || now - this.nobodyAt < nobodyEvery) return;
    this.nobodyAt = now;
    stage.wall.keepNobody(stage.face.texture);
  }
}
