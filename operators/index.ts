export { accumulateMessage } from './accumulateMessage.js';
export { accumulateToolInput } from './accumulateToolInput.js';
export { debugEvents, type DebugEventsOptions } from './debugEvents.js';
export { executeTools, type ExecuteToolsOptions } from './executeTools.js';
export { ofType } from './ofType.js';
export { resumeConversation, type ResumeConversationOptions, type Round } from './resumeConversation.js';
export { textDeltas } from './textDeltas.js';
export { timeoutGuard, type TimeoutGuardOptions } from './timeoutGuard.js';
export { validateWith } from './validateWith.js';
