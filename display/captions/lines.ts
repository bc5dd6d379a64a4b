/**
 * Breaks a text into lines no wider than `width`, at spaces; words that are too wide stand alone. `measure` gives the
 * width of a text. Pure.
 */
export function breakLines(text: string, width: number, measure: (text: string) => number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => balance(paragraph, width, measure));
}

/** As few lines as possible, then as even as possible: no word alone on the last. */
function balance(paragraph: string, width: number, measure: (text: string) => number): readonly string[] {
  const widest = fill(paragraph, width, measure);
  let [narrow, wide, best] = [0, width, widest];
  for (let step = 0; step < 7 && widest.length > 1; step++) {
    const middle = (narrow + wide) / 2;
    const lines = fill(paragraph, middle, measure);
    if (lines.length > widest.length || lines.some((line) => measure(line) > middle)) narrow = middle;
    else [wide, best] = [middle, lines];
  }
  return best;
}

/** Fills line after line. */
function fill(paragraph: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(/\s+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  return lines;
}

/** A place on the picture: parts of its height, 0,0 its middle, y down. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where words go on a picture: boxes to draw them in, and how far from the edges of those they keep. */
export interface CaptionBoxes {
  readonly label: Box;
  readonly message: Box;
  /** Part of the picture's height. */
  readonly inset: number;
  /** Whether the label stands beside the face, like that of a museum. */
  readonly beside: boolean;
  /** Whether the label hangs below the face of a tall picture. */
  readonly below: boolean;
}

/** The boxes on a picture of that aspect: beside the face where there is room, else below. Pure. */
export function captionBoxes(aspect: number): CaptionBoxes {
  const inset = 0.05 * Math.min(1, aspect);
  const room = (aspect - 1) / 2;
  const beside = room > 0.32;
  const below = aspect < 0.8;
  const height = 0.42 * Math.min(1, aspect);
  const label: Box = {
    x: -aspect / 2,
    y: below ? Math.min(aspect / 2, 0.5 - height) : 0.5 - height,
    width: beside ? room + 0.4 * inset : aspect,
    height,
  };
  const messageWidth = Math.min(aspect, 1.25);
  const message: Box = { x: -messageWidth / 2, y: 0.5 - height * 0.6, width: messageWidth, height: height * 0.6 };
  return { label, message, inset, beside, below };
}
