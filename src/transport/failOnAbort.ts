import { takeUntil, type MonoTypeOperatorFunction } from 'rxjs';
import type { ClaudeClient } from './ClaudeClient.js';
import { whenAborted } from './whenAborted.js';

/** Fails a stream when a signal is aborted, and before anything is started when it is aborted already. */
export function failOnAbort<T>(
  client: ClaudeClient,
  signal: AbortSignal | null | undefined,
): MonoTypeOperatorFunction<T> {
  return (source) => (signal == null ? source : source.pipe(takeUntil(whenAborted(client, signal))));
}
