/** The keys of a JSON pointer in URI form, such as `#/days/1/n`. */
export function parsePointer(pointer: string): (string | number)[] {
  return pointer.split('/').slice(1).map(toKey);
}

function toKey(part: string): string | number {
  if (/^\d+$/.test(part)) return Number(part);
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
