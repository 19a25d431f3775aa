import { isObservable, Observable, takeUntil } from 'rxjs';
import type { TruncatedStreamFacts } from './createReplyOutlet.js';
import { unexpectedResponseError } from '../errors/failures.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { ResponseEvent } from '../events/RoundEvent.js';
import { isAsyncIterable } from '../values/isAsyncIterable.js';
import { isObject } from '../values/isObject.js';
import { isPromiseLike } from '../values/isPromiseLike.js';
import { pump } from '../values/pump.js';
import { readResponse, type EventSink, type SdkStream } from './readResponse.js';
import { isEventStream, requestIdOf, unexpected } from './response.js';

/** What takes the events of a reply, whatever form the client gives it. */
export interface ReplySink extends EventSink {
  error(error: unknown): void;
  /** The reply was aborted, and not by whoever reads it. */
  abort(signal: AbortSignal): void;
  /**
   * There is no more; whether what came was whole is for the sink to say.
   *
   * @param facts How the body ended, when there was one that was read here.
   */
  end(facts?: Partial<TruncatedStreamFacts>): void;
}

/** The SDK's `APIPromise`, which gives the response before its body is read. */
interface SdkPromise extends PromiseLike<unknown> {
  withResponse(): Promise<{ data: SdkStream; response: Response }>;
}

/** Asks a client for a reply and reads it to its end. Whatever goes wrong reaches the sink. */
export function readReply(create: () => unknown, sink: ReplySink): void {
  try {
    read(create(), sink);
  } catch (error) {
    sink.error(error);
  }
}

function read(reply: unknown, sink: ReplySink): void {
  if (isObservable(reply)) readObservable(reply, sink);
  else if (isAsyncIterable(reply)) readIterable(reply, sink);
  else if (isPromiseLike(reply) || isResponse(reply)) {
    readLater(reply, sink).catch((error: unknown) => {
      sink.error(error);
    });
  } else throw unexpectedResponseError(`a client whose \`messages.create\` returned a ${kindOf(reply)}`);
}

async function readLater(reply: PromiseLike<unknown> | Response, sink: ReplySink): Promise<void> {
  if (!isPromiseLike(reply)) await readBody(reply, sink);
  else if (isSdkPromise(reply)) {
    const { data, response } = await reply.withResponse();
    await readBody(response, sink, data);
  } else {
    const settled = await reply;
    if (isPromiseLike(settled)) throw unexpectedResponseError('a promise of a promise');
    if (!sink.closed) read(settled, sink);
  }
}

/** Reads an event stream itself, and leaves any other encoding, such as Bedrock's, to the SDK. */
async function readBody(response: Response, sink: ReplySink, data?: SdkStream): Promise<void> {
  if (isEventStream(response)) sink.end(await readResponse(response, sink, data));
  else if (data === undefined) throw unexpected(response);
  else {
    sink.respond(requestIdOf(response.headers));
    read(data, sink);
  }
}

function readObservable(reply: Observable<unknown>, sink: ReplySink): void {
  const left = new Observable<void>((notifier) => {
    sink.add(() => {
      notifier.next();
    });
  });
  reply.pipe(takeUntil(left)).subscribe({
    next: (event) => {
      try {
        // A client that stands on another `claudeStream` begins with the `response` of that.
        if (isResponseEvent(event)) sink.respond(event.request_id);
        else sink.next(event as ClaudeEvent);
      } catch (error) {
        sink.error(error);
      }
    },
    error: (error: unknown) => {
      sink.error(error);
    },
    complete: () => {
      sink.end();
    },
  });
}

function readIterable(reply: AsyncIterable<unknown>, sink: ReplySink): void {
  const controller = controllerOf(reply);
  const stop = pump(reply as AsyncIterable<ClaudeEvent>, {
    next: (event) => {
      sink.next(event);
    },
    error: (error) => {
      sink.error(error);
    },
    complete: () => {
      // The SDK's own stream ends as if it were complete when its controller is aborted.
      if (controller?.signal.aborted === true) sink.abort(controller.signal);
      else sink.end();
    },
  });
  sink.add(() => {
    stop();
    controller?.abort();
  });
}

/** The controller of the SDK's own stream, which ends its request even where a client lost our signal. */
function controllerOf(reply: unknown): AbortController | undefined {
  const controller = isObject(reply) ? reply['controller'] : undefined;
  return controller instanceof AbortController ? controller : undefined;
}

function isSdkPromise(reply: PromiseLike<unknown>): reply is SdkPromise {
  return typeof (reply as Partial<SdkPromise>).withResponse === 'function';
}

function isResponse(reply: unknown): reply is Response {
  return isObject(reply) && 'body' in reply && reply['headers'] instanceof Headers;
}

function isResponseEvent(event: unknown): event is ResponseEvent {
  return isObject(event) && event['type'] === 'response' && typeof event['request_id'] === 'string';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return isObject(value) && typeof value['type'] === 'string' ? `${value['type']} object` : typeof value;
}
