export type {
  Cassette,
  CassetteChunk,
  CassetteEnd,
  CassetteExchange,
  CassetteFailure,
  CassetteRequest,
  CassetteResponse,
} from './cassette/Cassette.js';
export { CassetteError, type CassetteErrorFacts } from './cassette/CassetteError.js';
export { cassetteFromRecording, type RecordedRound } from './cassette/cassetteFromRecording.js';
export { formatCassette } from './cassette/formatCassette.js';
export { parseCassette } from './cassette/parseCassette.js';
export { record, type Recorder, type RecordOptions } from './cassette/record.js';
export { replay, type ReplayClient, type ReplayOptions } from './cassette/replay.js';
export { drawRecording, type DrawRecordingOptions } from './testFrom/drawRecording.js';
export { marbleTestFrom, type MarbleTestOptions } from './testFrom/marbleTestFrom.js';
