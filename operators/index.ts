export { accumulateMessage } from './accumulateMessage.js';
export { accumulateToolInput, type AccumulateToolInputOptions } from './accumulateToolInput.js';
export { boundedConcatMap, type BoundedConcatMapOptions } from './boundedConcatMap.js';
export { circuitBreaker } from './circuitBreaker.js';
export { createBreaker, type Breaker, type BreakerOptions, type BreakerPass } from './createBreaker.js';
export { debugEvents, type DebugEventsOptions } from './debugEvents.js';
export { executeTools, type ExecuteToolsOptions } from './executeTools.js';
export { ofType } from './ofType.js';
export {
  resumeConversation,
  type ResumeConversationOptions,
  type Round,
  type RoundContext,
} from './resumeConversation.js';
export { retryRound, type RetryPolicy } from './retryRound.js';
export { snapshots, type SnapshotsOptions } from './snapshots.js';
export { textDeltas, type TextDeltasOptions } from './textDeltas.js';
export { timeoutGuard, type TimeoutGuardOptions } from './timeoutGuard.js';
export { validateWith, type ValidateWithOptions } from './validateWith.js';
