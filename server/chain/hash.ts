import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal digits, of UTF-8. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
