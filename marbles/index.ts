export {
  blockStart,
  blockStop,
  inputDelta,
  messageDelta,
  messageStart,
  messageStop,
  ping,
  textDelta,
  textStart,
  toolUseStart,
} from './kit/claudeEvents.js';
export { marble } from './kit/marble.js';
