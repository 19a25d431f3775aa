import { APIUserAbortError } from '@anthropic-ai/sdk/core/error';
import { isObservable, Observable, takeUntil } from 'rxjs';
import type { TruncatedStreamFacts } from '../errors/TruncatedStreamError.js';
import { UnexpectedResponseError } from '../errors/UnexpectedResponseError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import { isAsyncIterable } from '../iteration/isAsyncIterable.js';
import { isObject } from '../iteration/isObject.js';
import { isPromiseLike } from '../iteration/isPromiseLike.js';
import { pump } from '../iteration/pump.js';
import { readEventStream } from './readEventStream.js';

/** What takes the events of a reply, whatever form the client gives it. */
export interface ReplySink {
  /** @throws when the event cannot come now. */
  next(event: ClaudeEvent): void;
  error(error: unknown): void;
  /** There is no more; whether what came was whole is for the sink to say. */
  end(facts?: Partial<TruncatedStreamFacts>): void;
  /** Keeps a function that stops the reading. */
  add(teardown: () => void): void;
  readonly closed: boolean;
}

/** The part of the SDK's `APIPromise` that gives the response before its body is read. */
interface ResponsePromise extends PromiseLike<unknown> {
  asResponse(): Promise<Response>;
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
  else if (isResponsePromise(reply)) settle(readResponse(reply, sink), sink);
  else if (isPromiseLike(reply)) settle(readLater(reply, sink), sink);
  else throw new UnexpectedResponseError({ found: `a client whose \`messages.create\` returned a ${kindOf(reply)}` });
}

function settle(reading: Promise<void>, sink: ReplySink): void {
  reading.catch((error: unknown) => {
    sink.error(error);
  });
}

async function readLater(reply: PromiseLike<unknown>, sink: ReplySink): Promise<void> {
  const settled = await reply;
  if (isPromiseLike(settled)) throw new UnexpectedResponseError({ found: 'a promise of a promise' });
  if (!sink.closed) read(settled, sink);
}

/** Reads the body itself where it is an event stream, and leaves any other encoding, such as Bedrock's, to the SDK. */
async function readResponse(reply: ResponsePromise, sink: ReplySink): Promise<void> {
  const response = await reply.asResponse();
  const requestId = response.headers.get('request-id') ?? undefined;
  const contentType = response.headers.get('content-type') ?? '';
  if (/json|text\/html/.test(contentType)) {
    throw new UnexpectedResponseError({ found: `a body of type ${contentType}`, status: response.status, requestId });
  }
  if (!contentType.includes('text/event-stream')) {
    await readLater(reply, sink);
    return;
  }
  let unnamed = 0;
  const { cause } = await readEventStream(response, {
    event: (event) => {
      sink.next(event);
    },
    unnamed: () => unnamed++,
    add: (teardown) => {
      sink.add(teardown);
    },
    get closed() {
      return sink.closed;
    },
  });
  sink.end({ requestId, unnamed, ...(cause !== undefined && { cause }) });
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
        sink.next(event as ClaudeEvent);
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
      if (controller?.signal.aborted === true) sink.error(new APIUserAbortError());
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

function isResponsePromise(reply: unknown): reply is ResponsePromise {
  return isPromiseLike(reply) && 'asResponse' in reply && typeof reply.asResponse === 'function';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return isObject(value) && typeof value['type'] === 'string' ? `${value['type']} object` : typeof value;
}
