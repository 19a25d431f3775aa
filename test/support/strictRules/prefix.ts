import { isDeepStrictEqual } from 'node:util';
import { isOpenServerCall } from './serverTools.js';
import { blocksOf, contentPath, isObject, places } from './view.js';
import type { Block, Exchange, Rule, Served, ServedBlock, View, WireMessage } from './view.js';

/**
 * A conversation only grows: the system prompt, the tools and all earlier messages stay as they were, byte by byte,
 * and the last reply comes back as it was served. The real API tells by the thinking blocks (and bills a lost cache);
 * this server compares.
 */
export const prefix: Rule = function* (view, previous) {
  if (!previous) return;
  yield* unchangedSettings(view, previous.request);
  yield* unchangedMessages(view, previous.request);
  yield* echoedReply(view, previous);
};

const movableKeys = new Set(['tool_choice', 'container', 'messages', 'stream']);

function* unchangedSettings(view: View, before: View): Iterable<string> {
  for (const key of ['system', 'tools']) {
    if (JSON.stringify(view.body[key]) !== JSON.stringify(before.body[key])) yield changed(view, 0, 0, `\`${key}\``);
  }
  const shared = (one: View, other: View): string =>
    Object.keys(one.body)
      .filter((key) => key in other.body && !movableKeys.has(key))
      .join();
  if (shared(view, before) !== shared(before, view)) yield changed(view, 0, 0, 'the order of the top-level keys');
}

function* unchangedMessages(view: View, before: View): Iterable<string> {
  for (const [n, message] of before.messages.entries()) {
    const sent = view.messages[n];
    const same = [message, ...givenUp(view, message)].some((one) => JSON.stringify(sent) === JSON.stringify(one));
    if (!same) {
      const m = view.messages[n] ? firstDifference(blocksOf(message), blocksOf(view.messages[n])) : 0;
      yield changed(view, n, m, `messages.${String(n)}`);
    }
  }
}

/** A user who speaks while a server tool is open has to give it up: the API refuses the two together. */
function givenUp(view: View, message: WireMessage): WireMessage[] {
  if (message.role !== 'assistant' || typeof message.content === 'string' || !userSpeaks(view)) return [];
  return [{ ...message, content: message.content.filter((block) => !isOpenServerCall(block, blocksOf(message))) }];
}

function userSpeaks({ messages }: View): boolean {
  const last = messages.at(-1);
  return last?.role === 'user' && blocksOf(last).some(({ type }) => type !== 'tool_result');
}

/** The API names the first thinking block that comes after the change; where there is none, we name the change. */
function changed(view: View, n: number, m: number, what: string): string {
  const isAfter = (place: { n: number; m: number }) => place.n > n || (place.n === n && place.m >= m);
  const bound = places(view).find((place) => place.block.type === 'thinking' && isAfter(place));
  const path = bound ? bound.path : contentPath(n, m);
  return (
    `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. ` +
    'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block". ' +
    `Changed: ${what}.`
  );
}

/** A reply that was cut, refused or truncated may be given up and asked for anew; any other is part of history. */
function* echoedReply(view: View, { request, served }: Exchange): Iterable<string> {
  const n = request.messages.length;
  const echo = view.messages[n];
  const expected = expectedEcho(served, userSpeaks(view));
  if (!served.complete || !echo) return;
  if (echo.role !== 'assistant') {
    if (!mayBeLeftOut(served) && expected.some(({ optional }) => !optional))
      yield changed(view, n, 0, 'the reply was left out');
    return;
  }
  yield* editedThinking(expected, echo, n);
  const m = mismatch(expected, blocksOf(echo));
  if (m !== undefined) yield changed(view, n, m, `the reply in messages.${String(n)}`);
}

const isTruncated = ({ stopReason }: Served): boolean =>
  stopReason === 'max_tokens' || stopReason === 'model_context_window_exceeded';

const mayBeLeftOut = (served: Served): boolean =>
  served.stopReason === 'refusal' || isTruncated(served) || isBlank(served);

/** A message of nothing but white space is refused, so it cannot come back. */
const isBlank = ({ content }: Served): boolean =>
  content.every(({ block: { type, text } }) => type === 'text' && String(text).trim() === '');

interface Expected extends ServedBlock {
  /** May be left out of the echo. */
  readonly optional: boolean;
}

/** What must come back, after the few blocks that the API wants dropped. */
function expectedEcho(served: Served, givesUp: boolean): Expected[] {
  const { content } = served;
  const blocks = content.map(({ block }) => block);
  const boundary = content.findLastIndex(({ block }) => block.type === 'fallback');
  const expected = content
    .filter(({ block }, at) => at > boundary || !isDroppedByFallback(block))
    .map((one, at, kept) => ({
      ...one,
      optional: isOptional(one, at, kept, served) || (givesUp && isOpenServerCall(one.block, blocks)),
    }));
  return givesUp ? withoutLastThought(expected) : expected;
}

/** The API refuses a message that ends with thinking, so before a user speaks it may be left out. */
function withoutLastThought(expected: readonly Expected[]): Expected[] {
  const end = expected.findLastIndex(({ block, optional }) => !optional && !isThinking(block));
  return expected.map((one, at) => ({ ...one, optional: one.optional || at > end }));
}

const isThinking = ({ type }: Block): boolean => type === 'thinking' || type === 'redacted_thinking';

const isDroppedByFallback = (block: Block): boolean => block.type === 'tool_use' || isThinking(block);

function isOptional({ block }: ServedBlock, at: number, kept: readonly ServedBlock[], served: Served): boolean {
  const isEmptyText = block.type === 'text' && block.text === '';
  const isSecond = block.type === 'tool_use' && kept.slice(0, at).some((earlier) => earlier.block.id === block.id);
  const isCutOff = at === kept.length - 1 && isTruncated(served);
  return isEmptyText || isSecond || isCutOff;
}

/** The index of the first echoed block that is not what was served, if there is one. */
function mismatch(expected: readonly Expected[], echo: readonly Block[]): number | undefined {
  let m = 0;
  for (const one of expected) {
    const sent = echo[m];
    if (sent && isEcho(sent, one)) m++;
    else if (!one.optional) return m;
  }
  return m < echo.length ? m : undefined;
}

function isEcho(sent: Block, { block, invalidInput }: ServedBlock): boolean {
  if (!invalidInput) return isDeepStrictEqual(sent, block);
  return isObject(sent.input) && isDeepStrictEqual({ ...sent, input: {} }, { ...block, input: {} });
}

function* editedThinking(expected: readonly Expected[], echo: WireMessage, n: number): Iterable<string> {
  const sent = blocksOf(echo);
  const thought = expected.filter(({ block, optional }) => isThinking(block) && !optional).map(({ block }) => block);
  const kept = sent.filter(isThinking);
  const at = firstDifference(thought, kept);
  if (at < thought.length) {
    const m = kept[at] ? sent.indexOf(kept[at]) : 0;
    yield (
      `${contentPath(n, m)}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. ` +
      'These blocks must remain as they were in the original response.'
    );
  }
}

/** The first index at which two lists differ; the length of the shorter if one only goes on where the other ends. */
function firstDifference(left: readonly Block[], right: readonly Block[]): number {
  const at = left.findIndex((block, index) => !isDeepStrictEqual(block, right[index]));
  return at < 0 ? left.length : at;
}
