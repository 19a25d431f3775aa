export * as added from './alphabet/added.js';
export { apiError, type ApiErrorOptions } from './alphabet/apiError.js';
export * as claude from './alphabet/claude.js';
export type { AnyBlock, BlockEvents, EventOf } from './alphabet/claude.js';
export { LEGEND, SIGNS } from './alphabet/legend.js';
export { letterOf } from './alphabet/letterOf.js';
export { inTurn, spread } from './alphabet/replyValues.js';
export type { InTurn, LetterValue, ReplyValue, ReplyValues, Spread } from './alphabet/replyValues.js';
export { exactly, type Exactly } from './compare/exactly.js';
export type { ExpectedValues } from './compare/expectation.js';
export { DiagramError } from './diagram/DiagramError.js';
export type { TextOptions } from './diagram/drawText.js';
export { marbleMatchers, type MarbleMatchers, type MatcherResult } from './matchers/marbleMatchers.js';
export { drawMarbles, type DrawOptions, type MarbleDiagram } from './drawMarbles.js';
export type { Run, RunEnd, TimedValue } from './run/Run.js';
export type { FakeApproval } from './session/approval.js';
export type { MarbleHelpers } from './session/createHelpers.js';
export type { EventsExpectation } from './session/expectEvents.js';
export type { LifespansExpectation } from './session/expectLifespans.js';
export type { FakeTool, FakeToolOptions, MarbleValues, ToolRun } from './session/fakeTool.js';
export type { Lifespan } from './session/Lifespan.js';
export { marble } from './session/marble.js';
export { MarbleError } from './session/MarbleError.js';
export { type DeclareTest, marbleFor, type MarbleTest, type MarbleTests } from './session/marbleFor.js';
export { marbleWithPromises } from './session/marbleWithPromises.js';
export type { PlayedObservable, SubscriptionLogs } from './session/play.js';
export { runMarble } from './session/runMarble.js';
export {
  type PromiseMarbleHelpers,
  runMarbleWithPromises,
  type RunWithPromises,
} from './session/runMarbleWithPromises.js';
export type { ScriptedClient, ScriptedReply, ScriptedRequest } from './session/scriptClaude.js';
