import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import type { UsageTotals } from '../events/RoundEvent.js';

/** About how many characters make a token. */
const CHARS_PER_TOKEN = 4;

/** No tokens at all. */
export const NO_USAGE: UsageTotals = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  thinking_tokens: 0,
  web_search_requests: 0,
  web_fetch_requests: 0,
};

const KINDS = Object.keys(NO_USAGE) as (keyof UsageTotals)[];

/** Adds the usage of one reply; its figures are already cumulative. */
export function addUsage(totals: UsageTotals, usage: ClaudeMessage['usage']): UsageTotals {
  const { output_tokens_details, server_tool_use, ...counts } = usage as Partial<ClaudeMessage['usage']>;
  return addTotals(totals, { ...output_tokens_details, ...server_tool_use, ...counts });
}

/** Adds counts to totals. A count that is not given is 0. */
export function addTotals(totals: UsageTotals, counts: Partial<Record<keyof UsageTotals, number | null>>): UsageTotals {
  const sum: Record<keyof UsageTotals, number> = { ...totals };
  for (const kind of KINDS) sum[kind] += counts[kind] ?? 0;
  return sum;
}

/**
 * The usage of a reply that broke off before it reported its own: what it began with, and an estimate of what it wrote.
 */
export function estimateUsage(usage: ClaudeMessage['usage'], chars: number): ClaudeMessage['usage'] {
  const { output_tokens } = usage as Partial<ClaudeMessage['usage']>;
  return { ...usage, output_tokens: Math.max(output_tokens ?? 0, Math.ceil(chars / CHARS_PER_TOKEN)) };
}
