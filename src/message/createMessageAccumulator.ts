import type { BetaMessage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { RoundEvent } from '../events/RoundEvent.js';
import { isObject } from '../values/isObject.js';
import { createBlocks } from './createBlocks.js';

/** Puts Claude's events together into a message. */
export interface MessageAccumulator {
  /**
   * Takes the next event; events that are not part of a message are ignored.
   *
   * @returns Whether the message changed.
   * @throws ProtocolError when the events are not those of one message.
   */
  take(event: RoundEvent): boolean;
  /** The message so far: immutable, and the same object until it changes. `undefined` before `message_start`. */
  message(): ClaudeMessage | undefined;
  /** The complete part of the message: without a call or thinking that Claude is still writing. */
  wholeMessage(): ClaudeMessage | undefined;
  /** How many characters of text, thinking and inputs have arrived. */
  chars(): number;
  /** Whether `message_stop` has arrived. */
  readonly complete: boolean;
}

/** Other fields of the message that a `message_delta` may set; `null` sets nothing. */
const OTHERS = ['container', 'context_management', 'input_transformations'];
/** The counters that it may update. */
const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'server_tool_use',
  'iterations',
  'fallback_credit',
  'output_tokens_details',
];

type StartOf<Type extends RoundEvent['type']> = Extract<RoundEvent, { type: Type }>;

/**
 * Makes an accumulator for one message after another: a `message_start` after a `message_stop` begins the next. A
 * `round_retry` drops what arrived before it, and a new round drops what the last one left unfinished.
 *
 * It follows the rules of the SDK's own accumulator, except for two: no event is changed, and a tool's input whose text
 * is not JSON is `{}`, never a repaired guess.
 */
export function createMessageAccumulator(): MessageAccumulator {
  const blocks = createBlocks();
  let head: BetaMessage | undefined;
  let snapshot: BetaMessage | undefined;
  let complete = false;
  /** Whether a `message_delta` has said why the reply ended. */
  let stopped = false;

  const start = ({ message }: StartOf<'message_start'>): boolean => {
    if (head !== undefined && !complete) {
      throw new RxClaudeError('ProtocolError', 'A second `message_start` came before `message_stop`.');
    }
    complete = false;
    stopped = false;
    head = message as BetaMessage;
    blocks.reset(head.content);
    return true;
  };
  const addDelta = (event: StartOf<'message_delta'>): boolean => {
    if (head === undefined) return false;
    const tells = (event.delta.stop_reason as string | null | undefined) != null;
    head = withDelta(head, event, stopped && !tells);
    stopped ||= tells;
    return true;
  };
  const takeBack = (): boolean => {
    head = undefined;
    complete = false;
    blocks.reset();
    return false;
  };
  const apply = (event: RoundEvent): boolean => {
    switch (event.type) {
      case 'message_start':
        return start(event);
      case 'content_block_start':
        if (head === undefined) return false;
        if (event.content_block.type === 'fallback') head = { ...head, model: event.content_block.to.model };
        return blocks.start(event);
      case 'content_block_delta':
        return blocks.addDelta(event);
      case 'content_block_stop':
        return blocks.stop(event.index);
      case 'message_delta':
        return addDelta(event);
      case 'message_stop':
        complete = head !== undefined;
        return blocks.stopAll();
      case 'round_start':
        return !complete && takeBack();
      case 'round_retry':
        return takeBack();
      default:
        return false;
    }
  };

  return {
    take(event) {
      try {
        const changed = apply(event);
        if (changed) snapshot = undefined;
        return changed;
      } catch (error) {
        if (RxClaudeError.is(error, 'ProtocolError')) throw error;
        throw new RxClaudeError('ProtocolError', `A \`${event.type}\` has an unknown shape.`, {
          cause: error,
        });
      }
    },
    message() {
      if (head === undefined) return undefined;
      if (snapshot === undefined) {
        snapshot = { ...head };
        snapshot.content = blocks.content();
      }
      return snapshot;
    },
    wholeMessage: () => head && { ...head, content: blocks.wholeContent() },
    chars: () => blocks.chars(),
    get complete() {
      return complete;
    },
  };
}

/**
 * Later counts and stop reasons replace earlier ones; an event without a reason keeps the earlier one. Counts are
 * cumulative, so they are never added up.
 *
 * @throws ProtocolError when the event carries no usage; the SDK fails there too.
 */
function withDelta(head: BetaMessage, event: StartOf<'message_delta'>, keepsReason: boolean): BetaMessage {
  const { delta, usage } = event;
  if (!isObject(usage)) throw new RxClaudeError('ProtocolError', 'A `message_delta` came without `usage`.');
  const { stop_details, ...rest } = head;
  const end: Partial<typeof delta> = keepsReason ? head : delta;
  return {
    ...rest,
    stop_reason: end.stop_reason ?? null,
    stop_sequence: end.stop_sequence ?? null,
    ...(end.stop_details !== undefined && { stop_details: end.stop_details }),
    ...pick({ ...event, container: delta.container }, OTHERS),
    usage: { ...head.usage, ...pick(usage, COUNTS) },
  } as BetaMessage;
}

/** The fields with these names that have a value. */
function pick(fields: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => names.includes(name) && value != null));
}
