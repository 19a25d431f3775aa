import type { ToolCallEvent, ToolResultEvent } from '../events/RoundEvent.js';
import { canonicalJson } from '../json/canonicalJson.js';

/** Remembers the calls of one round over all its attempts: two attempts may make the same call under different ids. */
export interface CallLedger {
  /** Adds a call of the current attempt. */
  add(call: ToolCallEvent): void;
  /** Keeps the result of a call for later attempts. */
  keep(call: ToolCallEvent, result: ToolResultEvent): void;
  /**
   * The result of the same call in an earlier attempt. Read before the tool runs, because a tool may change its input.
   */
  earlierResult(call: ToolCallEvent): ToolResultEvent | undefined;
  /** The key of a call: the same for the same call in every attempt, and different for every other call. */
  keyOf(call: ToolCallEvent): string;
  /** Begins the next attempt. */
  retry(): void;
}

/**
 * Makes an empty ledger. Calls are the same when their tool and input are, in any order of the input's keys. The second
 * of two equal calls in one reply is the same as the second in the next, and gets the result of the first if there was
 * no second.
 *
 * The key of a call is its place in the reply, `<prefix>-c<index>`: it does not depend on the input, and is the same in
 * every replay. A call that takes the place of a different one in a later attempt also gets the number of the attempt,
 * `<prefix>-c<index>-a<attempt>`, because a service that knows the first key would return the other call's answer.
 *
 * @param prefix Names the round.
 */
export function createCallLedger(prefix: () => string): CallLedger {
  const entries = new Map<ToolCallEvent, Entry>();
  /** The keys and the kept results of calls of earlier attempts, by identity. */
  const keys = new Map<string, string>();
  const earlier = new Map<string, ToolResultEvent>();
  /** The calls of this attempt, and how many there are with each content. */
  let calls: Entry[] = [];
  let counts = new Map<string, number>();
  let attempt = 1;

  const contentOf = (entry: Entry): string => (entry.content ??= readContent(entry.call));
  const entryOf = (call: ToolCallEvent): Entry => entries.get(call) ?? { call, attempt };
  const identify = (entry: Entry): string => {
    const content = contentOf(entry);
    const equals = counts.get(content) ?? 0;
    counts.set(content, equals + 1);
    return (entry.identity = `${String(equals)} ${content}`);
  };
  const keyOf = ({ call, attempt: nth, identity = '' }: Entry): string => {
    const place = `${prefix()}-c${String(call.index)}`;
    if (nth === 1) return place;
    const taken = [...keys.values()].includes(place);
    return keys.get(identity) ?? (taken ? `${place}-a${String(nth)}` : place);
  };

  return {
    add(call) {
      const entry: Entry = { call, attempt };
      entries.set(call, entry);
      calls.push(entry);
      // Most rounds have one attempt; then no input is read.
      if (attempt > 1) identify(entry);
    },
    keep(call, result) {
      entryOf(call).result = result;
    },
    earlierResult(call) {
      const entry = entryOf(call);
      const content = contentOf(entry);
      return earlier.get(entry.identity ?? content) ?? earlier.get(content);
    },
    keyOf: (call) => keyOf(entryOf(call)),
    retry() {
      if (attempt === 1) calls.forEach(identify);
      // All keys are made before the first is kept, so that calls of one attempt do not take each other's.
      const made = calls.map((entry) => [entry, keyOf(entry)] as const);
      for (const [{ identity = '', content = '', result }, key] of made) {
        keys.set(identity, key);
        if (result === undefined) continue;
        earlier.set(identity, result);
        if (!earlier.has(content)) earlier.set(content, result);
      }
      calls = [];
      counts = new Map();
      attempt += 1;
    },
  };
}

/** What is known of a call. */
interface Entry {
  readonly call: ToolCallEvent;
  /** A tool of an earlier attempt may still run and read its key. */
  readonly attempt: number;
  content?: string;
  /** What is the same in every attempt: the content, and its number among equal calls. */
  identity?: string;
  result?: ToolResultEvent;
}

/** The tool and the input, as Claude wrote it. */
function readContent({ name, tool_use }: ToolCallEvent): string {
  return canonicalJson([name, tool_use.input]);
}
