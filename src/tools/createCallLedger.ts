import type { ToolCallEvent, ToolResultEvent } from '../events/RoundEvent.js';
import { canonicalJson } from '../json/canonicalJson.js';

/** Remembers the calls of one round over all its attempts: two attempts may make the same call, under another id. */
export interface CallLedger {
  /** Notes a call of the attempt that runs. */
  add(call: ToolCallEvent): void;
  /** Keeps the result of a call that may serve a later attempt. */
  keep(call: ToolCallEvent, result: ToolResultEvent): void;
  /** The result that an earlier attempt had for the same call. Asked before the tool runs, which may change its input. */
  earlierResult(call: ToolCallEvent): ToolResultEvent | undefined;
  /** The key of a call: the same for the same call of every attempt, and for no other call. */
  keyOf(call: ToolCallEvent): string;
  /** Begins another attempt. */
  retry(): void;
}

/**
 * Makes an empty ledger. Calls are the same when their tool and input are, whatever the order of the input's keys; the
 * second of two equal calls in one reply is the same as the second in the next, and has the result of the first where
 * there was no second.
 *
 * The key of a call is its place in the reply, `<prefix>-c<index>`: no input is read for it, and it is the same in every
 * replay. A call that another attempt makes in the place of a different one gets the number of the attempt as well,
 * `<prefix>-c<index>-a<attempt>`, for a service that knows the key would give it the other's answer.
 *
 * @param prefix Names the round.
 */
export function createCallLedger(prefix: () => string): CallLedger {
  const entries = new Map<ToolCallEvent, Entry>();
  /** What the calls of earlier attempts have, by identity: their keys, and the results that are worth keeping. */
  const keys = new Map<string, string>();
  const earlier = new Map<string, ToolResultEvent>();
  /** Of this attempt: its calls, and how many there are of each content. */
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
      // Most rounds have one attempt, and none of their inputs is read.
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
      // All keys before the first is kept: none of this attempt is taken within it.
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
  /** A tool of an earlier attempt may still run, and ask for its key. */
  readonly attempt: number;
  content?: string;
  /** What is the same in every attempt: the content, and which of its equals it is. */
  identity?: string;
  result?: ToolResultEvent;
}

/** The tool and the input, as Claude wrote it. */
function readContent({ name, tool_use }: ToolCallEvent): string {
  return canonicalJson([name, tool_use.input]);
}
