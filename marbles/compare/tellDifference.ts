import type { Difference } from './findDifference.js';
import { preview } from './preview.js';

/** A difference in words: `delta.text` should be "Ho", and is "Hi". Without a full stop. */
export function tellDifference({ path, expected, found }: Difference): string {
  const where = path === '' ? 'it' : `\`${path}\``;
  return `${where} should be ${preview(expected)}, and is ${preview(found)}`;
}
