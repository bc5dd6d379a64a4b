/** Whether sequence `a` comes before `b`, counted round 2^32 (serial number arithmetic, RFC 1982). */
export const isBefore = (a: number, b: number): boolean => a !== b && (b - a) >>> 0 < 0x8000_0000;
