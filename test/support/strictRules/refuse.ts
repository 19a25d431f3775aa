import { caching, envelope, toolChoice } from './envelope.js';
import { callFields, extraFields, resultFields } from './fields.js';
import { owners, pairing, toolsetResults, uniqueIds } from './pairing.js';
import { prefix } from './prefix.js';
import { openServerTools, orphanServerResults, programmaticCalls } from './serverTools.js';
import { emptiness, movedContent } from './texts.js';
import { toolEntries, toolList } from './tools.js';
import { manualThinking, prefill, systemPlaces } from './turns.js';
import { readView } from './view.js';
import type { Exchange, Rule } from './view.js';

/** In the order in which the API looks: shapes first, then the conversation, then what it remembers. */
const rules: readonly Rule[] = [
  ...[envelope, toolEntries, extraFields, callFields, resultFields, caching],
  ...[emptiness, movedContent, toolList, owners, uniqueIds, pairing, toolsetResults, systemPlaces],
  ...[orphanServerResults, openServerTools, programmaticCalls, prefill],
  ...[toolChoice, manualThinking, prefix],
];

/**
 * What the API would answer with a 400, in its own words; `undefined` if it would accept the request.
 *
 * Rules that are ours, or whose words are not recorded, begin with `strictServer:`.
 *
 * @param body The parsed request.
 * @param previous The last request that was accepted and what was served for it. Without it, only what can be seen in
 * the request itself is checked.
 */
export function refuse(body: unknown, previous?: Exchange): string | undefined {
  const view = readView(body);
  if (typeof view === 'string') return view;
  for (const rule of rules) for (const refusal of rule(view, previous)) return refusal;
  return undefined;
}
