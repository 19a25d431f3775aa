import { asyncScheduler } from 'rxjs';
import { optionError } from '../../../src/errors/failures.js';
import { checkFunction } from '../../../src/errors/checkOption.js';
import { isPromiseLike } from '../../../src/values/isPromiseLike.js';
import { createDeck, type Deck, type Tape } from './createDeck.js';
import { bodyTextOf, describeRequest, isRequest } from './describeRequest.js';

/** How a recording is made. */
export interface RecordOptions {
  /** What really sends. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * Gets each line of the cassette, its line feed included, as soon as it does not change any more: the head at once, a
   * request and the head of its response as they come, the chunks of a response when it has ended. What it throws, the
   * request fails with.
   */
  readonly write?: (line: string) => void;
  /** Tells the time in milliseconds. Default: rxjs's `asyncScheduler`, which is virtual within a marble test. */
  readonly now?: () => number;
  /** More texts that must never be written, beside keys. Default: none. */
  readonly secrets?: readonly string[];
}

/** What records. */
export interface Recorder {
  /** Sends as the other `fetch` does, and records it: for `new Anthropic({ fetch })`, or `fetchClient({ fetch })`. */
  readonly fetch: typeof fetch;
  /**
   * All so far, as JSONL. In the middle of a response, too: then with the chunks that have come, and without its end.
   */
  cassette(): string;
}

/**
 * Records what goes over the wire, to be replayed without a network, a key or a clock: requests, responses to the byte, and
 * when each piece came.
 *
 * The caller gets each response as it is, piece by piece as it comes; nothing is read ahead, and cancelling it cancels the
 * request. What `fetch`, or the body, fails with is recorded and passed on as it is.
 *
 * Keys are never recorded. Of headers, only those that matter for a replay are; and what stood in `authorization`,
 * `x-api-key`, `cookie` and their like, in a field such as `authorization_token`, and whatever looks like a key, is taken
 * out wherever else it appears: `[hidden]` in requests, as many `x` in responses, and also where the bytes, or Claude,
 * have cut it into pieces. What a person calls a secret in a message is no key: name it in `secrets`.
 *
 * The chunks of a response are held until it has ended, at most 4 MB; then those of an older part are written, and a
 * secret that is longer than 64 KB could be missed at that border. The cassette itself is kept in memory as text: begin a
 * new recording for each conversation.
 *
 * @param options What sends, what gets the lines, what tells the time, what must not be written.
 * @returns A `fetch` that records, and the cassette. The time of a cassette begins with its first request.
 * @throws OptionError at once for an option that cannot be.
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
    // Then nothing is sent.
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
 * The same body, of which a tape gets a copy. It is pulled no earlier than its reader pulls, and is cancelled with it.
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
    // Nothing is read ahead: a slow reader slows the server down as it would without us.
    { highWaterMark: 0 },
  );
}

/** A response with another body in place of its own, and nothing else changed. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}
