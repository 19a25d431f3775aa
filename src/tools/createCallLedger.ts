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
 * there was no second. Nothing is read before it is asked for.
 */
export function createCallLedger(): CallLedger {
  /** Made when the first key is asked for. */
  let prefix: string | undefined;
  const keys = new Map<string, string>();
  const earlier = new Map<string, ToolResultEvent>();
  let kept: (readonly [ToolCallEvent, ToolResultEvent])[] = [];
  let calls: ToolCallEvent[] = [];
  /** The calls of the same attempt. A tool of an earlier one may still run, and ask for its key. */
  const attempts = new WeakMap<ToolCallEvent, readonly ToolCallEvent[]>();
  const contents = new WeakMap<ToolCallEvent, string>();

  const contentOf = (call: ToolCallEvent): string => {
    const content = contents.get(call) ?? readContent(call);
    contents.set(call, content);
    return content;
  };
  /** What is the same in every attempt: the call, and which of its equals it is. */
  const identityOf = (call: ToolCallEvent): string => {
    const content = contentOf(call);
    const attempt = attempts.get(call) ?? [];
    const before = attempt.slice(0, attempt.indexOf(call));
    const equals = before.filter((other) => other.name === call.name && contentOf(other) === content);
    return `${String(equals.length)} ${content}`;
  };

  return {
    add(call) {
      calls.push(call);
      attempts.set(call, calls);
    },
    keep(call, result) {
      kept.push([call, result]);
    },
    earlierResult: (call) => earlier.get(identityOf(call)) ?? earlier.get(contentOf(call)),
    keyOf(call) {
      const identity = identityOf(call);
      prefix ??= randomId();
      const key = keys.get(identity) ?? `${prefix}-${String(keys.size + 1)}`;
      keys.set(identity, key);
      return key;
    },
    retry() {
      for (const [call, result] of kept) {
        earlier.set(identityOf(call), result);
        if (!earlier.has(contentOf(call))) earlier.set(contentOf(call), result);
      }
      kept = [];
      calls = [];
    },
  };
}

/** The tool and the input, as Claude wrote it. */
function readContent({ name, tool_use }: ToolCallEvent): string {
  return canonicalJson([name, tool_use.input]);
}

/** Sixteen random bytes, in any environment, secure or not. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
