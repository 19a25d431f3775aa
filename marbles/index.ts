export {
  approvalDecision,
  approvalRequest,
  conversationEnd,
  roundRetry,
  roundStart,
  toolCall,
  toolFailure,
  toolProgress,
  toolResult,
  toolStart,
} from './kit/alphabet/addedEvents.js';
export { apiError, type ApiErrorOptions } from './kit/alphabet/apiError.js';
export {
  type BlockEvents,
  serverTool,
  serverToolResult,
  textBlock,
  thinking,
  toolUse,
  wholeBlock,
} from './kit/alphabet/blocks.js';
export {
  type AnyBlock,
  blockStart,
  blockStop,
  delta,
  type EventOf,
  inputDelta,
  messageStart,
  messageStop,
  ping,
  stop,
  text,
  textStart,
  toolUseStart,
} from './kit/alphabet/claudeEvents.js';
export { LEGEND, SIGNS } from './kit/alphabet/legend.js';
export { letterOf } from './kit/alphabet/letterOf.js';
export { message } from './kit/alphabet/message.js';
export { event } from './kit/alphabet/event.js';
export { inTurn, spread } from './kit/alphabet/replyValues.js';
export type { InTurn, LetterValue, ReplyValue, ReplyValues, Spread } from './kit/alphabet/replyValues.js';
export type {
  Cassette,
  CassetteChunk,
  CassetteEnd,
  CassetteExchange,
  CassetteFailure,
  CassetteRequest,
  CassetteResponse,
} from './kit/cassette/Cassette.js';
export { CassetteError, type CassetteErrorFacts } from './kit/cassette/CassetteError.js';
export { cassetteFromRecording, type RecordedRound } from './kit/cassette/cassetteFromRecording.js';
export { formatCassette } from './kit/cassette/formatCassette.js';
export { parseCassette } from './kit/cassette/parseCassette.js';
export { record, type Recorder, type RecordOptions } from './kit/cassette/record.js';
export { replay, type ReplayClient, type ReplayOptions } from './kit/cassette/replay.js';
export { exactly, type Exactly } from './kit/compare/exactly.js';
export type { ExpectedValues } from './kit/compare/expectation.js';
export { DiagramError } from './kit/diagram/DiagramError.js';
export type { TextOptions } from './kit/diagram/drawText.js';
export { drawRecording, type DrawRecordingOptions } from './kit/testFrom/drawRecording.js';
export type { Converse } from './kit/testFrom/playRecording.js';
export { marbleTestFrom, type MarbleTestOptions } from './kit/testFrom/marbleTestFrom.js';
export { marbleMatchers, type MarbleMatchers, type MatcherResult } from './kit/matchers/marbleMatchers.js';
export { drawMarbles, type DrawOptions, type MarbleDiagram } from './kit/drawMarbles.js';
export type { Run, RunEnd, TimedValue } from './kit/run/Run.js';
export type { FakeApproval } from './kit/session/approval.js';
export type { MarbleHelpers } from './kit/session/createHelpers.js';
export type { EventsExpectation } from './kit/session/expectEvents.js';
export type { LifespansExpectation } from './kit/session/expectLifespans.js';
export type { FakeTool, FakeToolOptions, MarbleValues, ToolRun } from './kit/session/fakeTool.js';
export type { Lifespan } from './kit/session/Lifespan.js';
export { marble, type MarbleTest } from './kit/session/marble.js';
export { MarbleError } from './kit/session/MarbleError.js';
export { marbleWithPromises } from './kit/session/marbleWithPromises.js';
export type { PlayedObservable, SubscriptionLogs } from './kit/session/play.js';
export { runMarble } from './kit/session/runMarble.js';
export { type PromiseMarbleHelpers, runMarbleWithPromises } from './kit/session/runMarbleWithPromises.js';
export type { ScriptedClient, ScriptedReply, ScriptedRequest } from './kit/session/scriptClaude.js';
