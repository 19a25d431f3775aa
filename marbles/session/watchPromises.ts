/** Says whether something has waited for a promise. */
export interface PromiseWatch {
  readonly waited: boolean;
  /** Ends the watch. */
  stop(): void;
}

/** What all asynchronous generators have their methods from. */
const GENERATOR = Object.getPrototypeOf(async function* () {}.prototype) as object;

/** How code that has no `await` of its own waits for what is asynchronous. */
const WAITS: readonly (readonly [of: object, method: string])[] = [
  [Promise.prototype, 'then'],
  [GENERATOR, 'next'],
];

/**
 * Watches whether anything waits for a promise or for an asynchronous generator. Virtual time is over before either has
 * a value, so what waits in it waits for ever, and nothing else tells.
 */
export function watchPromises(): PromiseWatch {
  let waited = false;
  const note = (): void => {
    waited = true;
  };
  const restore = WAITS.map(([of, method]) => spyOn(of, method, note));
  return {
    get waited() {
      return waited;
    },
    stop() {
      for (const each of restore) each();
    },
  };
}

/** Notes each call of a method. @returns What ends that. */
function spyOn(of: object, method: string, note: () => void): () => void {
  const own = Object.getOwnPropertyDescriptor(of, method);
  const original = own?.value as ((this: unknown, ...args: unknown[]) => unknown) | undefined;
  if (own?.configurable !== true || original === undefined) return () => undefined;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    note();
    return original.apply(this, args);
  };
  Object.defineProperty(of, method, { ...own, value });
  return () => {
    Object.defineProperty(of, method, own);
  };
}
