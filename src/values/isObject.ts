/** Tells whether a value is an object with readable fields, arrays included. */
export function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
