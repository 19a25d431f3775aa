import { asyncScheduler } from 'rxjs';
import { optionError } from '../../../src/errors/failures.js';
import { checkFunction } from '../../../src/errors/checkOption.js';
import { isPromiseLike } from '../../../src/values/isPromiseLike.js';
import { createDeck, type Deck, type Tape } from './createDeck.js';
import { bodyTextOf, describeRequest, isRequest } from './describeRequest.js';

/** Options of {@link record}. */
export interface RecordOptions {
  /** The `fetch` that sends. Default: the global one. */
  readonly fetch?: typeof fetch;
  /**
   * Gets each line of the cassette, with its line feed, as soon as the line is final: the head at once, a request and the head
   * of its response as they come, the chunks of a response when it ends. When it throws, the request fails with that error.
   */
  readonly write?: (line: string) => void;
  /** The clock, in milliseconds. Default: rxjs's `asyncScheduler`, which is virtual in a marble test. */
  readonly now?: () => number;
  /** Texts that must never be written, besides keys. Default: none. */
  readonly secrets?: readonly string[];
}

/** A recorder; see {@link record}. */
export interface Recorder {
  /** A `fetch` that records, for `new Anthropic({ fetch })` or `fetchClient({ fetch })`. */
  readonly fetch: typeof fetch;
  /**
   * The cassette so far, as JSONL. In the middle of a response it has the chunks so far, without the end.
   */
  cassette(): string;
}

/**
 * Records what goes over the wire, to replay it without a network, a key or a clock: requests, responses byte for byte, and
 * when each chunk came.
 *
 * The caller gets each response unchanged, chunk by chunk as it comes. Nothing is read ahead, and cancelling it cancels the
 * request. The errors of `fetch`, or of the body, are recorded and passed on unchanged.
 *
 * Keys are never recorded. Only the headers that a replay needs are. What `authorization`, `x-api-key`, `cookie` and the like
 * carried, or a field such as `authorization_token`, and all that looks like a key, is removed wherever else it appears:
 * `[hidden]` in requests, as many `x` in responses, even where chunks, or Claude's deltas, cut it into pieces. A secret that a
 * person writes in a message does not look like a key: name it in `secrets`.
 *
 * The chunks of a response wait until it ends, at most 4 MB; beyond that, the oldest ones are written, and a secret longer
 * than 64 KB could be missed at that border. The cassette stays in memory as text: make a new recorder for each conversation.
 *
 * @param options `fetch`, `write`, `now`, `secrets`.
 * @returns A `fetch` that records, and the cassette. Times count from the first request.
 * @throws OptionError at once for an invalid option.
 * @example
 * ```ts
 * import { appendFileSync } from 'node:fs';
 * import Anthropic from '@anthropic-ai/sdk';
 * import { claudeStream } from 'rxclaude';
 * import { record } from 'rxclaude/recordings';
 *
 * const recorder = record({ write: (line) => appendFileSync('noon.jsonl', line) });
 * const client = new Anthropic({ fetch: recorder.fetch });
 *
 * claudeStream(client, {
 *   model: 'claude-opus-5-5',
 *   max_tokens: 1024,
 *   messages: [{ role: 'user', content: 'What time is it in Oslo?' }],
 * }).subscribe();
 * ```
 * @see {@link replay}
 */
export function record(options: RecordOptions = {}): Recorder {
  checkOptions(options);
  const { fetch: send = fetch, write, now = () => asyncScheduler.now(), secrets = [] } = options;
  const deck = createDeck({ now, write, secrets });
  return { fetch: createFetch(send, deck), cassette: () => deck.cassette() };
}

function createFetch(send: typeof fetch, deck: Deck): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    // Nothing has been sent yet.
    if (signal?.aborted === true) return send(input, init);
    const text = bodyTextOf(input, init);
    const request = describeRequest(input, init, isPromiseLike(text) ? await text : text, deck.scrubber);
    const abort = (): void => {
      tape.abort();
    };
    const tape = deck.begin(request, () => signal?.removeEventListener('abort', abort));
    signal?.addEventListener('abort', abort);
    try {
      const response = await send(input, init);
      tape.response(response);
      if (response.body !== null) return withBody(response, watchBody(response.body, tape));
      tape.complete();
      return response;
    } catch (error) {
      tape.fail(error);
      throw error;
    }
  };
}

function checkOptions({ fetch: send, write, now, secrets = [] }: RecordOptions): void {
  for (const [name, value] of Object.entries({ fetch: send, write, now })) checkFunction(`record.${name}`, value);
  const given: unknown = secrets;
  if (Array.isArray(given) && given.every((secret) => typeof secret === 'string')) return;
  throw optionError('record.secrets', 'a list of texts', given);
}

/**
 * The same body, with a copy for a tape. It is pulled when its reader pulls, and cancelled with it.
 */
function watchBody(body: ReadableStream<Uint8Array>, tape: Tape): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          tape.fail(error);
          throw error;
        });
        if (left) return;
        if (done) {
          tape.complete();
          controller.close();
        } else {
          tape.chunk(value);
          controller.enqueue(value);
        }
      },
      async cancel(reason) {
        left = true;
        tape.abort();
        await reader.cancel(reason);
      },
    },
    // Nothing is read ahead: a slow reader slows the server down, as without a recorder.
    { highWaterMark: 0 },
  );
}

/** A response with another body, and all else unchanged. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}
