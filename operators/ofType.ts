import { filter, type OperatorFunction } from 'rxjs';
import type { RoundEvent } from '../src/events/RoundEvent.js';

/**
 * Lets through only the events of the given types, and narrows their type accordingly.
 *
 * ```text
 * in                   -t-K-t-W-|    t text delta, K tool_call, W tool_result
 * ofType('tool_call')  ---K-----|
 * ```
 *
 * @param types One or more event types; a misspelt one does not compile.
 * @returns An operator that filters its source. Errors of the source pass through. Unsubscribing unsubscribes from it.
 * @example
 * ```ts
 * import type { Observable } from 'rxjs';
 * import { ofType } from 'rxclaude';
 * import type { RoundEvent } from 'rxclaude';
 *
 * declare const events$: Observable<RoundEvent>;
 *
 * events$.pipe(ofType('tool_start', 'tool_result')).subscribe(({ type, name }) => console.log(type, name));
 * ```
 */
export function ofType<Type extends RoundEvent['type']>(
  ...types: [Type, ...Type[]]
): OperatorFunction<RoundEvent, Extract<RoundEvent, { type: Type }>> {
  const wanted = new Set<string>(types);
  return filter((event): event is Extract<RoundEvent, { type: Type }> => wanted.has(event.type));
}
