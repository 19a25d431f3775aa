import { TestScheduler } from 'rxjs/testing';
import { isObject } from '../../src/values/isObject.js';
import { letterOf } from '../alphabet/letterOf.js';
import { type Drawn, drawBoth } from '../compare/drawBoth.js';
import { type Difference, findDifference, tellDifference } from '../compare/findDifference.js';
import { preview } from '../compare/preview.js';
import { reasonsOf } from '../compare/reasonsOf.js';
import { createSession, type Session } from './createSession.js';
import { checkLifespans } from './expectLifespans.js';
import type { Lifespan } from './Lifespan.js';
import { MarbleError } from './MarbleError.js';

/** An expectation of rxjs's own. */
export interface Asked {
  /** What the letters of the test mean, for the message of a failure. */
  values: Readonly<Record<string, unknown>>;
  /** Its place in the test; `undefined` until the test calls `toBe`. */
  at: string | undefined;
}

/** The virtual clock of one test. When no work is left, it checks the expectations. */
export class MarbleScheduler extends TestScheduler {
  readonly session: Session = createSession(this);
  /** The expectations, in the order in which rxjs will compare them. */
  private readonly asked: Asked[] = [];

  constructor() {
    super((actual, expected) => {
      const [asked] = this.asked.splice(
        this.asked.findIndex(({ at }) => at !== undefined),
        1,
      );
      assertMarbles(actual, expected, asked?.values ?? {}, asked?.at);
    });
  }

  /** Adds an expectation. rxjs compares it once `at` is set. */
  ask(): Asked {
    const asked: Asked = { values: {}, at: undefined };
    this.asked.push(asked);
    return asked;
  }

  override flush(): void {
    super.flush();
    this.session.check();
  }
}

/** What rxjs's TestScheduler records of a stream. */
interface Message {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}

/**
 * Compares what a TestScheduler recorded with what is expected: its `assertDeepEqual`.
 *
 * @param values What the letters of the test mean, as far as known.
 * @param at The place of the expectation in the test.
 * @throws MarbleError with both diagrams, one below the other, and a mark at the first difference.
 */
function assertMarbles(
  actual: unknown,
  expected: unknown,
  values: Readonly<Record<string, unknown>>,
  at?: string,
): void {
  const problem = problemOf(actual, expected, values);
  if (problem !== undefined) throw new MarbleError(problem, at);
}

function problemOf(actual: unknown, expected: unknown, values: Readonly<Record<string, unknown>>): string | undefined {
  const difference = findDifference(actual, expected);
  if (difference === undefined) return undefined;
  if (isList(actual, 'notification') && isList(expected, 'notification')) {
    return ofMessages(actual as Message[], expected as Message[], difference, values);
  }
  if (isList(actual, 'subscribedFrame') || isList(expected, 'subscribedFrame')) {
    const [found, wanted] = [actual, expected].map((logs) => (logs as SubscriptionFrames[]).map(toLifespan));
    return checkLifespans('subscription', found ?? [], wanted ?? []);
  }
  return describe(difference);
}

interface SubscriptionFrames {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

function toLifespan({ subscribedFrame, unsubscribedFrame }: SubscriptionFrames): Lifespan {
  if (unsubscribedFrame === Infinity) return { from: subscribedFrame };
  return { from: subscribedFrame, to: unsubscribedFrame, how: 'cancelled' };
}

function isList(value: unknown, field: string): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && field in item);
}

function ofMessages(
  actual: readonly Message[],
  expected: readonly Message[],
  difference: Difference,
  values: Readonly<Record<string, unknown>>,
): string {
  const [first = '0'] = difference.path.split('.');
  // Without a path, the lists differ in length.
  const index = difference.path === '' ? Math.min(actual.length, expected.length) : Number(first);
  const drawn = [expected, actual].map((messages) => messages.map((message) => toDrawn(message, values)));
  const [wanted = [], found = []] = drawn;
  const came = actual.map(({ frame, notification: { value, error } }, at) => ({
    letter: found[at]?.letter ?? '',
    time: frame,
    event: error ?? value,
  }));
  const both = { expected: wanted, actual: found, index, reasons: reasonsOf(came) };
  const picture = drawBoth(both, Object.keys(values));
  const inner = difference.path.split('.').slice(1).join('.');
  const where =
    inner === 'frame'
      ? ` ${timeText(difference)}`
      : inner.startsWith('notification.')
        ? ` ${describe({ ...difference, path: inner.replace(/^notification\.(value|error)\.?/, '') })}`
        : '';
  return `The stream is not as expected.${where}\n\n${picture}`;
}

function timeText({ expected, found }: Difference): string {
  return `What was expected at ${preview(expected)} ms came at ${preview(found)} ms.`;
}

function toDrawn({ frame, notification }: Message, values: Readonly<Record<string, unknown>>): Drawn {
  if (notification.kind === 'C') return { frame, letter: '|' };
  if (notification.kind === 'E') return { frame, letter: '#' };
  return { frame, letter: letterFor(notification.value, values) };
}

function letterFor(value: unknown, values: Readonly<Record<string, unknown>>): string {
  const letters = Object.keys(values).filter(isLetter);
  const given =
    letters.find((letter) => values[letter] === value) ??
    letters.find((letter) => findDifference(value, values[letter]) === undefined);
  if (given !== undefined) return given;
  if (typeof value === 'string' && isLetter(value)) return value;
  return isObject(value) && 'type' in value ? letterOf(value) : '?';
}

function describe(difference: Difference): string {
  return `${tellDifference(difference).replace(/^i/, 'I')}.`;
}

function isLetter(text: string): boolean {
  return text.length > 0 && String.fromCodePoint(text.codePointAt(0) ?? 0) === text;
}
