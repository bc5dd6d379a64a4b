import { useRef, useState } from 'preact/hooks';
import type { Mapping, Point } from '../../../server/protocol/mapping.ts';
import { type Handle, handleName, handlesOf, moveHandle, placeOf } from '../mapping/handles.ts';
import { type Line, netLines, softEdgeLines, type Window, windowFor } from '../mapping/outline.ts';
import { arrowStep, pixels } from '../mapping/steps.ts';

export interface MappingStageProps {
  readonly mapping: Mapping;
  /** Size of the display's picture, px. */
  readonly width: number;
  readonly height: number;
  readonly selected: Handle;
  readonly onSelect: (handle: Handle) => void;
  /** A handle is taken: what is now can be gone back to. */
  readonly onTake: () => void;
  readonly onEdit: (mapping: Mapping, held: boolean) => void;
  readonly onRelease: () => void;
}

interface Drag {
  readonly pointer: Point;
  readonly from: Point;
  readonly window: Window;
}

/** The screen, the net on it, and handles to drag or to move with the arrow keys. */
export function MappingStage(props: MappingStageProps) {
  const { mapping, width, height, selected, onSelect, onTake, onEdit, onRelease } = props;
  const stage = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const lines = netLines(mapping);
  // While dragging, the ground must not move under the finger.
  const window = drag?.window ?? windowFor(lines);
  const { x, y, width: w, height: h } = window;

  const take = (event: PointerEvent, handle: Handle) => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    onTake();
    onSelect(handle);
    setDrag({ pointer: { x: event.clientX, y: event.clientY }, from: placeOf(mapping, handle), window });
  };
  const pull = (event: PointerEvent, handle: Handle) => {
    const box = stage.current?.getBoundingClientRect();
    if (!drag || !box) return;
    const to = {
      x: drag.from.x + ((event.clientX - drag.pointer.x) / box.width) * w,
      y: drag.from.y + ((event.clientY - drag.pointer.y) / box.height) * h,
    };
    onEdit(moveHandle(mapping, handle, to), true);
  };
  const release = () => {
    if (drag) onRelease();
    setDrag(null);
  };
  const step = (event: KeyboardEvent, handle: Handle) => {
    const by = arrowStep(event.key, event.shiftKey ? 10 : 1, width, height);
    if (!by) return;
    event.preventDefault();
    onTake();
    const { x: fromX, y: fromY } = placeOf(mapping, handle);
    onEdit(moveHandle(mapping, handle, { x: fromX + by.x, y: fromY + by.y }), false);
  };

  return (
    <div class="stage" ref={stage} style={{ aspectRatio: `${width} / ${height}` }}>
      <svg viewBox={`${x} ${y} ${w} ${h}`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="stage-screen" x="0" y="0" width="1" height="1" />
        {lines.map((line, index) => (
          <path key={`net ${index}`} class="stage-net" d={pathOf(line)} />
        ))}
        {softEdgeLines(mapping).map((line, index) => (
          <path key={`edge ${index}`} class="stage-edge" d={pathOf(line)} />
        ))}
      </svg>
      {handlesOf(mapping).map((handle) => {
        const place = placeOf(mapping, handle);
        return (
          <button
            key={`${handle.kind} ${handle.index}`}
            type="button"
            class={`handle handle-${handle.kind}`}
            aria-label={`${handleName(mapping, handle)}, ${pixels(place, width, height)}`}
            aria-pressed={handle.kind === selected.kind && handle.index === selected.index}
            aria-describedby="mapping-help"
            style={{ left: `${((place.x - x) / w) * 100}%`, top: `${((place.y - y) / h) * 100}%` }}
            onFocus={() => onSelect(handle)}
            onPointerDown={(event) => take(event, handle)}
            onPointerMove={(event) => pull(event, handle)}
            onPointerUp={release}
            onPointerCancel={release}
            onLostPointerCapture={release}
            onKeyDown={(event) => step(event, handle)}
          />
        );
      })}
    </div>
  );
}

const pathOf = (line: Line): string => line.map(({ x, y }, index) => `${index ? 'L' : 'M'}${x} ${y}`).join('');
