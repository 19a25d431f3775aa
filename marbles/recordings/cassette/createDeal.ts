import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { type Difference, findDifference } from '../../compare/findDifference.js';
import { preview } from '../../compare/preview.js';
import { type CassetteExchange, HIDDEN } from './Cassette.js';
import { CassetteError } from './CassetteError.js';

/** Deals the exchanges of a cassette, each once. */
interface Deal {
  /**
   * Takes the exchange that answers a request.
   *
   * @throws CassetteError when there is none.
   */
  take(body: unknown): CassetteExchange;
  /** Whether all exchanges have been taken. */
  readonly done: boolean;
}

const REMEDY = 'Record again, or replay with `check: false` to accept other requests.';

/**
 * Makes a deal of all exchanges. A request gets the first exchange that is left and was for the same request: conversations
 * that ran side by side may now take turns in another order.
 */
export function createDeal(exchanges: readonly CassetteExchange[], check: boolean): Deal {
  const left = [...exchanges];
  let request = 0;
  return {
    take(body) {
      request++;
      const [next] = left;
      if (next === undefined) throw new CassetteError(describeMissing(request, exchanges.length), { request });
      const difference = check && isKnown(next) ? findMismatch(body, next.request.body) : undefined;
      const taken = difference === undefined ? next : left.find((other) => fits(other, body));
      if (taken === undefined) {
        throw new CassetteError(describeMismatch(request, difference), { request, path: difference?.path ?? '' });
      }
      left.splice(left.indexOf(taken), 1);
      return taken;
    },
    get done() {
      return left.length === 0;
    },
  };
}

function isKnown({ request }: CassetteExchange): boolean {
  return request.body !== undefined;
}

function fits(exchange: CassetteExchange, body: unknown): boolean {
  return isKnown(exchange) && findMismatch(body, exchange.request.body) === undefined;
}

function describeMissing(request: number, recorded: number): string {
  return (
    `There is no reply for request ${request}: the cassette has ${recorded}, and all of them have been played. ` +
    `Record again, or find out why the program sends one more.`
  );
}

function describeMismatch(request: number, difference: Difference | undefined): string {
  const { path, expected, found } = difference ?? { path: '', expected: undefined, found: undefined };
  const where = path === '' ? 'its body' : `\`${path}\``;
  return (
    `Request ${request} differs from the recorded one: ${where} was ${shown(expected)}, and is ${shown(found)} now. ` +
    REMEDY
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : preview(value);
}

/**
 * The first difference between a body and the recorded one, both as JSON. The order of keys does not count, nor does `stream`,
 * nor what was hidden.
 */
function findMismatch(sent: unknown, recorded: unknown): Difference | undefined {
  return findDifference(withoutStream(sent), withHoles(withoutStream(recorded)));
}

function withoutStream(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  const { stream: _, ...rest } = body;
  return rest;
}

/** A recorded value in which hidden text matches any text. */
function withHoles(value: unknown): unknown {
  if (typeof value === 'string') return value.includes(HIDDEN) ? hole(value) : value;
  if (Array.isArray(value)) return value.map(withHoles);
  if (!isJsonObject(value)) return value;
  // A hidden name could be any of the names, so the whole object matches anything.
  if (Object.keys(value).some((name) => name.includes(HIDDEN)))
    return { asymmetricMatch: isJsonObject, toJSON: () => value };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withHoles(field)]));
}

/** A matcher for `findDifference`, which messages show as what was recorded. */
function hole(text: string): object {
  const parts = text.split(HIDDEN).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('[\\s\\S]*')}$`);
  return { asymmetricMatch: (found: unknown) => typeof found === 'string' && pattern.test(found), toJSON: () => text };
}
