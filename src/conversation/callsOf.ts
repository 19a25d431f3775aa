import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import { fromLastModel } from './toAssistantContent.js';

/** A call that Claude waits for an answer to. */
export interface Call {
  readonly id: string;
  readonly name: string;
}

/** The calls in a reply that this program must answer, in order, each id once. */
export function callsOf(message: ClaudeMessage): Call[] {
  const seen = new Set<string>();
  return fromLastModel(message.content).flatMap((block) => {
    if (block.type !== 'tool_use' || seen.has(block.id)) return [];
    seen.add(block.id);
    return [block];
  });
}
