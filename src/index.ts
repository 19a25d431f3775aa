export { converse, type ConverseOptions } from './converse.js';

export { claudeStream } from './transport/claudeStream.js';
export { claudeThread } from './transport/claudeThread.js';
export { fetchClient, type FetchClientOptions } from './transport/fetchClient.js';
export type { ClaudeClient, ClaudeReply, ClaudeStreamOptions, RequestOptions } from './transport/ClaudeClient.js';
export type { RoundSource, Source, SourceContext, SourceEvent } from './transport/Source.js';

export { accumulateMessage } from '../operators/accumulateMessage.js';
export { accumulateToolInput, type AccumulateToolInputOptions } from '../operators/accumulateToolInput.js';
export { boundedConcatMap, type BoundedConcatMapOptions } from '../operators/boundedConcatMap.js';
export { circuitBreaker } from '../operators/circuitBreaker.js';
export { createBreaker, type Breaker, type BreakerOptions } from '../operators/createBreaker.js';
export type { BreakerState } from './retry/breakerState.js';
export { debugEvents, type DebugEventsOptions } from '../operators/debugEvents.js';
export { executeTools, type ExecuteToolsOptions } from '../operators/executeTools.js';
export { growingInput, type GrowingInput, type GrowingInputOptions } from '../operators/growingInput.js';
export { ofType } from '../operators/ofType.js';
export {
  resumeConversation,
  type Deadline,
  type ResumeConversationOptions,
  type Round,
  type RoundContext,
} from '../operators/resumeConversation.js';
export { retryRound, type RetryPolicy } from '../operators/retryRound.js';
export { snapshots, type SnapshotsOptions } from '../operators/snapshots.js';
export { textDeltas, type TextDeltasOptions } from '../operators/textDeltas.js';
export { timeoutGuard, type TimeoutGuardOptions } from '../operators/timeoutGuard.js';
export { validateWith, type ValidateWithOptions } from '../operators/validateWith.js';

export { defineTool, type ToolOptions } from './tools/defineTool.js';
export { describeCodec, type CodecDescription } from './ioTs/describeCodec.js';
export { ioTsJsonSchema } from './ioTs/ioTsJsonSchema.js';
export type { AnyCodec } from './ioTs/ioTsCodec.js';
export type { JsonSchema } from './ioTs/ioTsSchema.js';
export { jsonSchema, type JsonSchemaInput } from './tools/input/jsonSchema.js';
export type { ClaudeRequest } from './tools/ClaudeRequest.js';
export type {
  Decoded,
  Guard,
  GuardAnswer,
  GuardVerdict,
  SdkRunnableTool,
  Tool,
  ToolContext,
  ToolEntry,
  ToolReturn,
} from './tools/Tool.js';
export type { InputOf, ToolInputSchema } from './tools/input/ToolInputSchema.js';

export type { ClaudeEvent, ClaudeMessage, PingEvent } from './events/ClaudeEvent.js';
export type { HistoryChange, HistoryChangeCode } from './events/HistoryChange.js';
export type { RoundRequest } from './events/RoundRequest.js';
export type {
  AddedEvent,
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ConversationEndEvent,
  ConversationEndReason,
  ResponseEvent,
  RoundEndEvent,
  RoundEvent,
  RoundRetryEvent,
  RoundStartEvent,
  ToolCallEvent,
  ToolInputEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolRunEvent,
  ToolStartEvent,
  UsageTotals,
} from './events/RoundEvent.js';
export type { ToolFailure } from './events/ToolFailure.js';
export type {
  InputIssue,
  InputTooLarge,
  InvalidInput,
  InvalidJson,
  NotAnObject,
  ToolInputError,
  UnknownTool,
} from './events/ToolInputError.js';

export type { ErrorFacts } from './errors/ErrorFacts.js';
export type { ErrorTable, ErrorTag, TimeoutLimit } from './errors/ErrorTable.js';
export type { HistoryDefect, HistoryDefectCode } from './errors/HistoryDefect.js';
export { RxClaudeError, type RxClaudeFailure } from './errors/RxClaudeError.js';
export { fatal } from './errors/fatal.js';
export { isRetryable } from './retry/isRetryable.js';
export { toErrorFacts } from './retry/toErrorFacts.js';
