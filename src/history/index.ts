export { checkHistory } from './checkHistory.js';
export type { HistoryMessage } from './HistoryMessage.js';
export { mendHistory, type MendedHistory } from './mendHistory.js';
