import { isObject } from '../values/isObject.js';

/**
 * A JSON value without its fields named `__proto__`, however deep; the same value when it has none.
 *
 * `JSON.parse` makes an ordinary field of that name, which is harmless until `Object.assign` copies the object and so
 * sets the prototype of the copy.
 */
export function withoutProto(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutProto);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const fields = Object.entries(value);
  const kept = fields.flatMap(([name, field]) => (name === '__proto__' ? [] : [[name, withoutProto(field)] as const]));
  const same = kept.length === fields.length && kept.every(([, field], index) => field === fields[index]?.[1]);
  return same ? value : Object.fromEntries(kept);
}
