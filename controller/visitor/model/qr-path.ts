import { create } from 'qrcode';

export interface QrPath {
  /** Side in modules, with the quiet zone of 4 modules that readers need (ISO/IEC 18004). */
  readonly side: number;
  /** SVG path of the dark modules, one unit a module. */
  readonly path: string;
}

const quietZone = 4;

/** A text as a QR code; level M survives a thumb's shadow on the tablet. Pure. Throws where the text is too long. */
export function qrPath(text: string): QrPath {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (!modules.get(row, column)) continue;
      const start = column;
      while (column + 1 < size && modules.get(row, column + 1)) column++;
      const length = column - start + 1;
      path += `M${start + quietZone} ${row + quietZone}h${length}v1h-${length}z`;
    }
  }
  return { side: size + 2 * quietZone, path };
}
