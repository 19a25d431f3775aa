import type { ClaudeMessage } from '../events/ClaudeEvent.js';
import { fromLastModel } from './toAssistantContent.js';

/** The ids of the calls in a reply that this program must answer, in order, each once. */
export function callIds(message: ClaudeMessage): string[] {
  const ids = fromLastModel(message.content).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  return [...new Set(ids)];
}
