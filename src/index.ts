export { converse, type ConverseOptions } from './converse.js';

export { claudeStream } from './transport/claudeStream.js';
export { claudeThread } from './transport/claudeThread.js';
export { fetchClient, type FetchClientOptions } from './transport/fetchClient.js';
export type { ClaudeClient, ClaudeReply, RequestOptions } from './transport/ClaudeClient.js';

export { accumulateMessage } from '../operators/accumulateMessage.js';
export { accumulateToolInput } from '../operators/accumulateToolInput.js';
export { debugEvents, type DebugEventsOptions } from '../operators/debugEvents.js';
export { executeTools, type ExecuteToolsOptions } from '../operators/executeTools.js';
export { ofType } from '../operators/ofType.js';
export { resumeConversation, type ResumeConversationOptions, type Round } from '../operators/resumeConversation.js';
export { snapshots, type SnapshotsOptions } from '../operators/snapshots.js';
export { textDeltas } from '../operators/textDeltas.js';
export { timeoutGuard, type TimeoutGuardOptions } from '../operators/timeoutGuard.js';
export { validateWith } from '../operators/validateWith.js';

export { defineTool, type ToolOptions } from './tools/defineTool.js';
export { describe, type CodecDescription } from './tools/ioTs/describe.js';
export { ioTsJsonSchema } from './tools/ioTs/ioTsJsonSchema.js';
export type { AnyCodec } from './tools/ioTs/ioTsCodec.js';
export type { JsonSchema } from './tools/ioTs/ioTsSchema.js';
export { jsonSchema, type JsonSchemaInput } from './tools/input/jsonSchema.js';
export type { ClaudeRequest } from './tools/ClaudeRequest.js';
export type { Decoded, SdkRunnableTool, Tool, ToolContext, ToolEntry, ToolReturn } from './tools/Tool.js';
export type { InputOf, ToolInputSchema } from './tools/input/ToolInputSchema.js';

export type { ClaudeEvent, ClaudeMessage, PingEvent } from './events/ClaudeEvent.js';
export type { RoundRequest } from './events/RoundRequest.js';
export type {
  AddedEvent,
  ConversationEndEvent,
  ConversationEndReason,
  RoundEndEvent,
  RoundEvent,
  RoundStartEvent,
  ToolCallEvent,
  ToolInputEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
  ToolTimeout,
  UsageTotals,
} from './events/RoundEvent.js';
export type {
  InputIssue,
  InvalidInput,
  InvalidJson,
  NotAnObject,
  ToolInputError,
  UnknownTool,
} from './events/ToolInputError.js';

export { ClaudeApiError, type ClaudeApiFacts } from './errors/ClaudeApiError.js';
export { JsonSchemaError } from './errors/JsonSchemaError.js';
export { MissingToolResultError } from './errors/MissingToolResultError.js';
export { OptionError } from './errors/OptionError.js';
export { ProtocolError } from './errors/ProtocolError.js';
export { RxClaudeError } from './errors/RxClaudeError.js';
export { TimeoutGuardError, type TimeoutLimit } from './errors/TimeoutGuardError.js';
export { ToolDefinitionError } from './errors/ToolDefinitionError.js';
export { TruncatedStreamError } from './errors/TruncatedStreamError.js';
export { UnexpectedResponseError } from './errors/UnexpectedResponseError.js';
