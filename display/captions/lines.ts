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

/**
 * Where words go on a picture of that aspect: beside the face like a museum's label where there is room, else below. Pure.
 */
export function captionBoxes(aspect: number): { readonly label: Box; readonly message: Box; readonly beside: boolean } {
  const margin = 0.05 * Math.min(1, aspect);
  const room = (aspect - 1) / 2 - 1.6 * margin;
  const beside = room > 0.24;
  const width = beside ? room : aspect - 2 * margin;
  const height = 0.34 * Math.min(1, aspect);
  const below = aspect < 0.8;
  const label: Box = {
    x: -aspect / 2 + margin,
    // On a tall picture just below the face, else at the bottom.
    y: below ? Math.min(aspect / 2 + margin, 0.5 - height) : 0.5 - margin - height,
    width,
    height,
  };
  const messageWidth = Math.min(aspect, 1.2) - 2 * margin;
  const message: Box = { x: -messageWidth / 2, y: 0.5 - margin - height / 2, width: messageWidth, height: height / 2 };
  return { label, message, beside };
}
