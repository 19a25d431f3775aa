import type { Observable, Subscription } from 'rxjs';

/** How a subscription went, once it is over. */
export interface Outcome<T> {
  readonly events: readonly T[];
  readonly completed: boolean;
  /** `undefined` unless it failed. */
  readonly error: unknown;
}

/** A subscription that is under way. */
export interface Running<T> {
  /** What has come so far. */
  readonly events: readonly T[];
  readonly subscription: Subscription;
  /** Resolves when the stream has completed or failed; never rejects. */
  readonly outcome: Promise<Outcome<T>>;
  /** Resolves with the first event, past or to come, that fits. */
  until(fits: (event: T) => boolean): Promise<T>;
}

/** Subscribes and keeps all that comes. */
export function start<T>(source: Observable<T>): Running<T> {
  const events: T[] = [];
  const waiting = new Set<() => void>();
  const told = (): void => {
    for (const look of [...waiting]) look();
  };
  let settle: (outcome: Outcome<T>) => void;
  const outcome = new Promise<Outcome<T>>((resolve) => {
    settle = resolve;
  });
  const subscription = source.subscribe({
    next: (event) => {
      events.push(event);
      told();
    },
    error: (error: unknown) => {
      settle({ events, completed: false, error });
    },
    complete: () => {
      settle({ events, completed: true, error: undefined });
    },
  });
  const until = async (fits: (event: T) => boolean): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { events, subscription, outcome, until };
}

/** Subscribes and waits for the end. */
export async function run<T>(source: Observable<T>): Promise<Outcome<T>> {
  return start(source).outcome;
}

/** All events of one type. */
export function only<T extends { readonly type: string }, Type extends T['type']>(
  events: readonly T[],
  type: Type,
): Extract<T, { readonly type: Type }>[] {
  return events.filter((event): event is Extract<T, { readonly type: Type }> => event.type === type);
}

export const pause = async (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
