/** The dark that pictures stand on, in films, sheets and pages: near black, a breath warmer than the screen's own. */
export const ground = { r: 12, g: 11, b: 11 } as const;
