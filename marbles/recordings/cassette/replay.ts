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

/** How a cassette is played. */
export interface ReplayOptions {
  /** How many recorded milliseconds pass in one: 10 is ten times as fast, `Infinity` all of a reply at once. Default: 1. */
  readonly speed?: number;
  /** Whether each request must be the one that was recorded. Default: true. */
  readonly check?: boolean;
}

/** A client that plays a cassette, and remembers what it was asked. */
export interface ReplayClient extends ScriptedClient {
  /** The client itself, for programs that use the beta. */
  readonly beta: ReplayClient;
  /** Plays the same bytes as responses: for `new Anthropic({ fetch })`, or `fetchClient({ fetch })`. */
  readonly fetch: typeof fetch;
  /** Whether each exchange of the cassette has been asked for. */
  readonly done: boolean;
}

/** What travels in headers, and so is in no body. */
type Params = Readonly<Record<'betas' | 'user_profile_id' | 'workspace_id', unknown>>;

/**
 * Plays what was recorded, as a client: to the byte, and at the recorded times. There is no network in it, no key, and with
 * `messages.create` no promise: within a marble test everything happens on the test's clock.
 *
 * Each request plays the next exchange that has not been played; where conversations went on side by side, the next one
 * that was for this request. What a reply ends with is what it would end with over `fetchClient`: a refused request, an
 * `error` event and a broken connection are the same errors, a reply that was cut is a `TruncatedStreamError`. A reply
 * that its reader let go of when it was recorded stays silent from there on, and does not end.
 *
 * A retry that the SDK made by itself is an exchange of its own. Under the SDK, with `fetch`, it is made again; with
 * `messages.create` the exchange before it is the error that the SDK has not shown.
 *
 * @param cassette What `record` has written, or a cassette that was read or made.
 * @param options `speed`, `check`.
 * @returns A client for `claudeStream` and `converse`, a `fetch`, and what was asked of both. A request that differs from
 * the recorded one, or has no reply left, fails with {@link CassetteError}; under the SDK, which would hide that and try
 * again, it is a 400 of type `cassette_error` with the same words. Unsubscribing, aborting or cancelling a body stops its
 * timer at once.
 * @throws CassetteError at once when the cassette cannot be read.
 * @throws OptionError at once when `speed` is no number above 0.
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

/** A request that was sent, and what comes back. */
interface Asked {
  readonly wire: Observable<WirePart>;
  /** Notes on the request when something ends, and how. */
  readonly tracked: <T>(source: Observable<T>) => Observable<T>;
}

/** What goes over the wire: a copy as JSON. */
function toSent(params: object): RoundRequest {
  const { betas: _, user_profile_id: __, workspace_id: ___, ...body } = params as Params;
  return JSON.parse(JSON.stringify(body)) as RoundRequest;
}
