/** A marble test that failed. Its message shows what was expected, what came, and the first difference. */
export class MarbleError extends Error {
  /**
   * @param at The place of the expectation in the test; see {@link here}.
   */
  constructor(message: string, at?: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: 'MarbleError', configurable: true, writable: true });
    if (at !== undefined) this.stack = `MarbleError: ${message}\n${at}`;
  }
}

/** Adds a hint to a failure. */
export function addHint(error: MarbleError, hint: string): void {
  const message = `${error.message}\n\n${hint}`;
  error.stack = error.stack?.replace(error.message, () => message) ?? '';
  error.message = message;
}

/** Runs something whose errors then point at the test and not into the kit. @param asked See {@link here}. */
export function pointingAt<T>(asked: unknown, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.stack = `${error.name}: ${error.message}\n${here(asked)}`;
    throw error;
  }
}

/** V8 can leave the calls above a function out of a stack. */
const { captureStackTrace } = Error as { captureStackTrace?: (target: object, above: unknown) => void };

/**
 * The place in the test that calls the kit, so that a failure can point at it later.
 *
 * @param asked The function of the kit that the test called.
 */
export function here(asked: unknown): string {
  const place = new Error();
  captureStackTrace?.(place, asked);
  const [, ...frames] = (place.stack ?? '').split('\n');
  return frames.join('\n');
}
