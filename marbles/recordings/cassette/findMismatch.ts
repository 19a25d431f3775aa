import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { type Difference, findDifference } from '../../compare/findDifference.js';
import { HIDDEN } from './Cassette.js';

/**
 * The first difference between the body that is sent and the one that was recorded, both as JSON. The order of keys does
 * not count, nor does `stream`, nor what was hidden.
 */
export function findMismatch(sent: unknown, recorded: unknown): Difference | undefined {
  return findDifference(withoutStream(sent), withHoles(withoutStream(recorded)));
}

function withoutStream(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  const { stream: _, ...rest } = body;
  return rest;
}

/** Something recorded in which a text that was hidden stands for any. */
function withHoles(value: unknown): unknown {
  if (typeof value === 'string') return value.includes(HIDDEN) ? hole(value) : value;
  if (Array.isArray(value)) return value.map(withHoles);
  if (!isJsonObject(value)) return value;
  // Which name belongs to which is not known any more, so the whole is left alone.
  if (Object.keys(value).some((name) => name.includes(HIDDEN)))
    return { asymmetricMatch: isJsonObject, toJSON: () => value };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withHoles(field)]));
}

/** A matcher, as `findDifference` takes it, that shows itself as what was recorded. */
function hole(text: string): object {
  const parts = text.split(HIDDEN).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('[\\s\\S]*')}$`);
  return { asymmetricMatch: (found: unknown) => typeof found === 'string' && pattern.test(found), toJSON: () => text };
}
