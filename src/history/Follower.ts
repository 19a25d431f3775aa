import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { SeenMessage } from './readMessage.js';

/** Follows a history message by message, with an eye on one kind of rule. */
export interface Follower {
  /** What this message makes certain. */
  see(message: SeenMessage): readonly HistoryDefect[];
  /** What is wrong if the history ends here. */
  end(): readonly HistoryDefect[];
}
