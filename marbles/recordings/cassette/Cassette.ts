/**
 * A cassette as a file is JSONL: one JSON object a line, told apart by `type`. Lines of one exchange are in order; those of
 * exchanges that went on at the same time may lie between each other.
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
 * - `exchange` counts the requests from 1, in the order in which they were sent.
 * - `time` is in whole milliseconds since the first request, and goes back in no exchange.
 * - `body` is the request's JSON; text that is none is a string. It is left out where it is not known.
 * - A chunk has its bytes as `text` where they are UTF-8 by themselves, and else as `base64`.
 * - `how` a response ended is `complete`, `error` (then with `error`: the name and the message of what `fetch`, or reading
 *   the body, failed with) or `aborted` by its reader. An exchange without an `end` still went on.
 * - `[hidden]` in a request, and a run of `x` in a response, stand for something secret.
 *
 * Other fields are let through and mean nothing. So `jq -j 'select(.exchange == 1).text // empty'` prints a body.
 */
export const VERSION = 1;

/** What stands in a request in place of something secret. */
export const HIDDEN = '[hidden]';

/** What went over the wire, and when: plain data, as it is in the file. */
export interface Cassette {
  readonly version: typeof VERSION;
  /** In the order in which they were sent. */
  readonly exchanges: readonly CassetteExchange[];
}

/** One request and what came back. */
export interface CassetteExchange {
  readonly request: CassetteRequest;
  /** Absent where no response came. */
  readonly response?: CassetteResponse;
  readonly chunks: readonly CassetteChunk[];
  /** Absent where it still went on. */
  readonly end?: CassetteEnd;
}

/** What was sent. */
export interface CassetteRequest {
  /** In whole milliseconds since the first request. */
  readonly time: number;
  readonly method: string;
  /** The path, and of the query only `beta`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body's JSON, or its text where it is none; absent where it is not known. */
  readonly body?: unknown;
}

/** The head of a response. */
export interface CassetteResponse {
  readonly time: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes that came at once. */
export type CassetteChunk =
  { readonly time: number; readonly text: string } | { readonly time: number; readonly base64: string };

/** How an exchange ended. */
export type CassetteEnd =
  | { readonly time: number; readonly how: 'complete' | 'aborted' }
  | { readonly time: number; readonly how: 'error'; readonly error: CassetteFailure };

/** What `fetch`, or reading a body, failed with. */
export interface CassetteFailure {
  readonly name: string;
  readonly message: string;
}

/** A line of the file behind the first. */
export type CassetteLine = { readonly exchange: number } & (
  | ({ readonly type: 'request' } & CassetteRequest)
  | ({ readonly type: 'response' } & CassetteResponse)
  | ({ readonly type: 'chunk' } & CassetteChunk)
  | ({ readonly type: 'end' } & CassetteEnd)
);
