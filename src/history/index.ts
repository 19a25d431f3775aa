export { asIs } from './asIs.js';
export { checkHistory, type HistoryMessage } from './checkHistory.js';
export { mendHistory } from './mendHistory.js';
export type { MendedHistory } from './mend.js';
export { mendingHistory } from './mendingHistory.js';
export { strictHistory } from './strictHistory.js';
export type { AdmittedRequest, HistoryKeeper, HistoryPolicy } from './HistoryPolicy.js';
