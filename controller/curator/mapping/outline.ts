import { warpByGrid } from '../../../display/mapping/grid-warp.ts';
import { applyHomography, squareToQuad } from '../../../display/mapping/homography.ts';
import type { Mapping, Point } from '../../../server/protocol/mapping.ts';

/** Points drawn along each line of the net: enough for a curve. */
const fineness = 16;

/** A line on the screen, as a row of points in 0..1. */
export type Line = readonly Point[];

/** The net as the wall bends it: its upright lines from the left, then its level ones from the top. Pure. */
export function netLines(mapping: Mapping): readonly Line[] {
  const { columns, rows } = mapping.grid;
  return [...shares(columns).map((u) => upright(mapping, u)), ...shares(rows).map((v) => level(mapping, v))];
}

/** Where the soft edges end, those that have any. Pure. */
export function softEdgeLines(mapping: Mapping): readonly Line[] {
  const { left, right, top, bottom } = mapping.softEdges;
  return [
    ...[left, right && 1 - right].filter((u) => u > 0).map((u) => upright(mapping, u)),
    ...[top, bottom && 1 - bottom].filter((v) => v > 0).map((v) => level(mapping, v)),
  ];
}

const shares = (steps: number): number[] => Array.from({ length: steps + 1 }, (_, i) => i / steps);

const upright = (mapping: Mapping, u: number): Line =>
  shares(mapping.grid.rows * fineness).map((v) => onScreen(mapping, u, v));

const level = (mapping: Mapping, v: number): Line =>
  shares(mapping.grid.columns * fineness).map((u) => onScreen(mapping, u, v));

function onScreen(mapping: Mapping, u: number, v: number): Point {
  const bent = warpByGrid(mapping.grid, u, v);
  const pin = squareToQuad(mapping.corners);
  return pin ? applyHomography(pin, bent) : bent;
}

/** The part of the plane that the editor shows, in parts of the screen. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const margin = 0.07;

/** Shows the screen and everything of the net that lies off it. Pure. */
export function windowFor(lines: readonly Line[]): Window {
  const points = lines.flat();
  const left = Math.min(0, ...points.map(({ x }) => x)) - margin;
  const top = Math.min(0, ...points.map(({ y }) => y)) - margin;
  const right = Math.max(1, ...points.map(({ x }) => x)) + margin;
  const bottom = Math.max(1, ...points.map(({ y }) => y)) + margin;
  // The same share of the screen in both directions, or circles would look like eggs.
  const side = Math.max(right - left, bottom - top);
  return { x: (left + right - side) / 2, y: (top + bottom - side) / 2, width: side, height: side };
}
