/**
 * A cassette file is JSONL: one JSON object a line, with a `type`. The lines of one exchange are in order; the lines of
 * exchanges that overlap in time may be mixed.
 *
 * ```text
 * {"type":"cassette","version":1}
 * {"type":"request","exchange":1,"time":0,"method":"POST","path":"/v1/messages","headers":{…},"body":{…}}
 * {"type":"response","exchange":1,"time":812,"status":200,"headers":{"content-type":"text/event-stream"}}
 * {"type":"chunk","exchange":1,"time":813,"text":"event: message_start\ndata: {…}\n\n"}
 * {"type":"chunk","exchange":1,"time":840,"base64":"4oI="}
 * {"type":"end","exchange":1,"time":2210,"how":"complete"}
 * ```
 *
 * - `exchange` is the number of the request, from 1.
 * - `time` is in whole milliseconds since the first request. It never decreases within an exchange.
 * - `body` is the request's JSON, or a string when it is not JSON. It is absent when unknown.
 * - A chunk has its bytes as `text` when they are valid UTF-8 by themselves, and else as `base64`.
 * - `how` is how a response ended: `complete`, `aborted` by its reader, or `error` (then `error` has the name and the message
 *   of what `fetch`, or reading the body, failed with). An exchange without an `end` had not ended.
 * - `[hidden]` in a request, and a run of `x` in a response, replace a secret.
 *
 * Other fields are ignored. `jq -j 'select(.exchange == 1).text // empty'` prints a body.
 */
export const VERSION = 1;

/** What replaces a secret in a request. */
export const HIDDEN = '[hidden]';

/** What went over the wire, and when: the plain data of a file. */
export interface Cassette {
  /** The version of the format. */
  readonly version: typeof VERSION;
  /** In the order of their requests. */
  readonly exchanges: readonly CassetteExchange[];
}

/** A request and its response. */
export interface CassetteExchange {
  readonly request: CassetteRequest;
  /** Absent when no response came. */
  readonly response?: CassetteResponse;
  readonly chunks: readonly CassetteChunk[];
  /** Absent when it had not ended. */
  readonly end?: CassetteEnd;
}

/** A request. */
export interface CassetteRequest {
  /** In whole milliseconds since the first request. */
  readonly time: number;
  readonly method: string;
  /** The path, with only `beta` of the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body's JSON, or its text when it is not JSON; absent when unknown. */
  readonly body?: unknown;
}

/** The head of a response. */
export interface CassetteResponse {
  readonly time: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes that came together. */
export type CassetteChunk =
  { readonly time: number; readonly text: string } | { readonly time: number; readonly base64: string };

/** How an exchange ended. */
export type CassetteEnd =
  | { readonly time: number; readonly how: 'complete' | 'aborted' }
  | { readonly time: number; readonly how: 'error'; readonly error: CassetteFailure };

/** The error of `fetch`, or of reading a body. */
export interface CassetteFailure {
  readonly name: string;
  readonly message: string;
}

/** A line of the file after the first. */
export type CassetteLine = { readonly exchange: number } & (
  | ({ readonly type: 'request' } & CassetteRequest)
  | ({ readonly type: 'response' } & CassetteResponse)
  | ({ readonly type: 'chunk' } & CassetteChunk)
  | ({ readonly type: 'end' } & CassetteEnd)
);
