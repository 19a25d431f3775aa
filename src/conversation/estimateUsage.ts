import type { ClaudeMessage } from '../events/ClaudeEvent.js';

/** About as many characters make a token. */
const CHARS_PER_TOKEN = 4;

/** The usage of a reply that broke off before it had told its own: what it began with, and a guess at what it wrote. */
export function estimateUsage(usage: ClaudeMessage['usage'], chars: number): ClaudeMessage['usage'] {
  const { output_tokens } = usage as Partial<ClaudeMessage['usage']>;
  return { ...usage, output_tokens: Math.max(output_tokens ?? 0, Math.ceil(chars / CHARS_PER_TOKEN)) };
}
