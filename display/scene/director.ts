import { type Arrangement, arrange, type Situation } from './choreography.ts';
import { Dissolve } from './dissolve.ts';
import { sway } from './drift.ts';
import { PieceClock } from './piece-clock.ts';
import { Spring } from './spring.ts';
import { createView, type View } from './view.ts';

/** What the curator has set, as far as it moves gently. */
export interface Mood {
  readonly frozen: boolean;
  readonly blackout: boolean;
  /** Master brightness, 0..1. */
  readonly brightness: number;
  readonly painterly: number;
  readonly grain: number;
  readonly testPattern: boolean;
  /** Whether there is a face to be seen. */
  readonly hasFace: boolean;
  /** Whether pictures come. */
  readonly connected: boolean;
}

/** How long things take, s. */
const pace = { move: 4.5, wall: 5, portrait: 3, look: 1.6, dim: 0.5, blackout: 2.4, appear: 3, drift: 6 };
/** How long a face takes through the whole field, s. */
const travel = 170;
/** Pictures of film a second: what makes its grain alive. */
const filmRate = 24;

/**
 * Moves everything gently to where it should be, and keeps it gently moving. Knows time and numbers, no GPU. Allocates
 * nothing while it runs.
 */
export class Director {
  readonly view: View = createView();
  readonly clock = new PieceClock();
  readonly dissolve = new Dissolve();
  private target: Arrangement | null = null;
  private readonly face = { x: new Spring(0), y: new Spring(0), side: new Spring(1), opacity: new Spring(0) };
  private readonly portrait = { x: new Spring(0), y: new Spring(0), side: new Spring(1), opacity: new Spring(0) };
  private readonly throwing = new Spring(1);
  private readonly feather = { x: new Spring(0.1), y: new Spring(0.1) };
  private readonly wall = new Spring(0);
  private readonly looks = { painterly: new Spring(0), grain: new Spring(0) };
  private readonly brightness = new Spring(1);
  private readonly open = new Spring(1);
  private readonly drift = new Spring(1);

  /** Tells what is going on; cheap, but not for every drawing. */
  setSituation(situation: Situation): void {
    const first = this.target === null;
    this.target = arrange(situation);
    if (!first) return;
    // The first picture stands where it belongs; only later ones move.
    this.face.side.set(this.target.face.side);
    this.feather.x.set(this.target.feather.x);
    this.feather.y.set(this.target.feather.y);
    this.wall.set(this.target.wall);
  }

  /** Moves on by `dt` seconds of the clock on the wall. */
  advance(dt: number, mood: Mood): View {
    const { view, target } = this;
    if (!target) return view;
    const passed = this.clock.advance(dt, mood.frozen);
    const now = this.clock.now;
    view.progress = this.dissolve.progress(this.clock);
    view.moment = Math.floor(now * filmRate) & 0xffff;
    view.testPattern = mood.testPattern;
    view.light =
      this.brightness.follow(mood.brightness, dt, pace.dim) *
      this.open.follow(mood.blackout ? 0 : 1, dt, pace.blackout);
    view.looks.painterly = this.looks.painterly.follow(mood.painterly, dt, pace.look);
    view.looks.grain = this.looks.grain.follow(mood.grain, dt, pace.look);
    this.moveFace(target, passed, mood);
    this.movePortrait(target, passed);
    this.fade(target, dt, passed, mood);
    view.wall.opacity = this.wall.follow(target.wall, passed, pace.wall);
    view.wall.receded += passed / travel;
    view.wall.swayX = 0.06 * sway(now, 61, 1);
    view.wall.swayY = 0.04 * sway(now, 47, 2);
    return view;
  }

  private moveFace(target: Arrangement, passed: number, { connected }: Mood): void {
    const { face } = this.view;
    const now = this.clock.now;
    // Where no pictures come, the last one moves a little more, so that the wall never looks stuck.
    const drift = this.drift.follow(connected ? 1 : 2.2, passed, pace.drift);
    const side = this.face.side.follow(target.face.side, passed, pace.move);
    face.x = this.face.x.follow(target.face.x, passed, pace.move) + 0.004 * drift * side * sway(now, 29, 0);
    face.y = this.face.y.follow(target.face.y, passed, pace.move) + 0.003 * drift * side * sway(now, 37, 4);
    face.side = side * (1 + 0.006 * drift * (1 + sway(now, 43, 3)));
    face.light = this.throwing.follow(target.light, passed, pace.move);
    face.featherX = this.feather.x.follow(target.feather.x, passed, pace.move);
    face.featherY = this.feather.y.follow(target.feather.y, passed, pace.move);
  }

  private movePortrait(target: Arrangement, passed: number): void {
    const { portrait } = this.view;
    const appearing = portrait.opacity <= 0 && target.portrait.opacity > 0;
    if (appearing) {
      this.portrait.x.set(target.portrait.x);
      this.portrait.y.set(target.portrait.y);
      this.portrait.side.set(target.portrait.side);
    }
    // It stays where it is while it leaves.
    if (target.portrait.opacity > 0) {
      portrait.x = this.portrait.x.follow(target.portrait.x, passed, pace.move);
      portrait.y = this.portrait.y.follow(target.portrait.y, passed, pace.move);
      portrait.side = this.portrait.side.follow(target.portrait.side, passed, pace.move);
    }
  }

  /** A wall that was black comes to light, and a photograph that must go goes, also while time stands still. */
  private fade(target: Arrangement, dt: number, passed: number, { hasFace }: Mood): void {
    const { face, portrait } = this.view;
    const { opacity } = target.portrait;
    face.opacity = this.face.opacity.follow(hasFace ? 1 : 0, dt, pace.appear);
    portrait.opacity = this.portrait.opacity.follow(opacity, opacity > 0 ? passed : dt, pace.portrait);
  }
}
