import { asyncScheduler, type Observable, throwError } from 'rxjs';
import { optionError } from '../../../src/errors/failures.js';
import type { RoundRequest } from '../../../src/events/RoundRequest.js';
import { isPromiseLike } from '../../../src/values/isPromiseLike.js';
import { failOnAbort } from '../../../src/transport/abort.js';
import type { ScriptedClient, ScriptedRequest } from '../../session/scriptClaude.js';
import { track } from '../../session/Lifespan.js';
import type { Cassette } from './Cassette.js';
import { createDeal } from './createDeal.js';
import { bodyTextOf, isRequest, toBody } from './describeRequest.js';
import { parseCassette } from './parseCassette.js';
import { playExchange, type WirePart } from './playExchange.js';
import { readWire } from './readWire.js';
import { isSdkRequest, refuse, toResponse } from './toResponse.js';

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** The recorded milliseconds that pass in one: 10 is ten times as fast, `Infinity` a reply at once. Default: 1. */
  readonly speed?: number;
  /** Whether each request must be equal to the recorded one. Default: true. */
  readonly check?: boolean;
}

/** A client that plays a cassette, and records the requests. */
export interface ReplayClient extends ScriptedClient {
  /** The same client, for programs that use the beta. */
  readonly beta: ReplayClient;
  /** A `fetch` that plays the same bytes, for `new Anthropic({ fetch })` or `fetchClient({ fetch })`. */
  readonly fetch: typeof fetch;
  /** Whether all exchanges have been played. */
  readonly done: boolean;
}

/** Parameters that travel in headers, not in the body. */
type Params = Readonly<Record<'betas' | 'user_profile_id' | 'workspace_id', unknown>>;

/**
 * Plays a cassette as a client, byte for byte and at the recorded times. It uses no network, no key and, with
 * `messages.create`, no promise: in a marble test, all of it happens on the test's clock.
 *
 * Each request plays the next exchange; when conversations ran side by side, the next one for this request. A reply ends as it
 * would over `fetchClient`: a refused request, an `error` event and a broken connection are the same errors, and a reply that
 * was cut is a `TruncatedStreamError`. A reply that its reader cancelled while recording stays silent from there on.
 *
 * A retry of the SDK itself is an exchange of its own. Under the SDK, with `fetch`, the SDK retries again. With
 * `messages.create`, the exchange before the retry is an error that the SDK did not show.
 *
 * @param cassette The text that `record` wrote, or a cassette.
 * @param options `speed`, `check`.
 * @returns A client for `claudeStream` and `converse`, a `fetch`, and the requests to both. A request that differs from the
 * recorded one, or has no reply left, fails with {@link CassetteError}; under the SDK, which would retry, it is a 400 of the
 * type `cassette_error` with the same message. Unsubscribing, aborting or cancelling a body stops its timer at once.
 * @throws CassetteError at once when the cassette cannot be read.
 * @throws OptionError at once when `speed` is not a number above 0.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { claudeStream, textDeltas } from 'rxclaude';
 * import { replay } from 'rxclaude/recordings';
 *
 * const client = replay(readFileSync('noon.jsonl', 'utf8'), { speed: 10 });
 *
 * claudeStream(client, {
 *   model: 'claude-opus-5-5',
 *   max_tokens: 1024,
 *   messages: [{ role: 'user', content: 'What time is it in Oslo?' }],
 * })
 *   .pipe(textDeltas())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 * @see {@link record}, {@link cassetteFromRecording}
 */
export function replay(cassette: string | Cassette, { speed = 1, check = true }: ReplayOptions = {}): ReplayClient {
  if (typeof speed !== 'number' || !(speed > 0)) throw optionError('replay.speed', 'a number above 0', speed);
  const { exchanges } = typeof cassette === 'string' ? parseCassette(cassette) : cassette;
  const deal = createDeal(exchanges, check);
  const requests: ScriptedRequest[] = [];
  const now = (): number => asyncScheduler.now();

  const ask = (sent: unknown, signal: AbortSignal | null | undefined): Asked => {
    const request = { body: sent as ScriptedRequest['body'], signal: signal ?? undefined, from: now() };
    requests.push(request);
    const tracked = <T>(source: Observable<T>): Observable<T> => source.pipe(track(request, now));
    try {
      return { wire: playExchange(deal.take(sent), speed), tracked };
    } catch (error) {
      return { wire: throwError(() => error as Error), tracked };
    }
  };
  const client: ReplayClient = {
    requests,
    get beta() {
      return client;
    },
    get done() {
      return deal.done;
    },
    messages: {
      create(params, { signal } = {}) {
        const { wire, tracked } = ask(toSent(params), signal);
        return tracked(readWire(wire)).pipe(failOnAbort(client, signal));
      },
    },
    async fetch(input, init) {
      const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
      signal?.throwIfAborted();
      const text = bodyTextOf(input, init);
      const { wire, tracked } = ask(toBody(isPromiseLike(text) ? await text : text), signal);
      return toResponse(tracked(isSdkRequest(input, init) ? refuse(wire) : wire), signal);
    },
  };
  return client;
}

/** A request and its response. */
interface Asked {
  readonly wire: Observable<WirePart>;
  /** Records on the request when and how a stream ends. */
  readonly tracked: <T>(source: Observable<T>) => Observable<T>;
}

/** The body that goes over the wire, as JSON. */
function toSent(params: object): RoundRequest {
  const { betas: _, user_profile_id: __, workspace_id: ___, ...body } = params as Params;
  return JSON.parse(JSON.stringify(body)) as RoundRequest;
}
