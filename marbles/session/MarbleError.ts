/** A marble test has failed. Its message shows what was expected, what came, and where the two part. */
export class MarbleError extends Error {
  /**
   * @param at Where in the test the expectation stands; see {@link here}.
   */
  constructor(message: string, at?: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: 'MarbleError', configurable: true, writable: true });
    if (at !== undefined) this.stack = `MarbleError: ${message}\n${at}`;
  }
}

/** Has a failure say more. */
export function addHint(error: MarbleError, hint: string): void {
  const message = `${error.message}\n\n${hint}`;
  error.stack = error.stack?.replace(error.message, () => message) ?? '';
  error.message = message;
}

/** Has an error point at the place in the test, and not at where the kit found it. @param asked As with {@link here}. */
export function pointingAt<T>(asked: unknown, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.stack = `${error.name}: ${error.message}\n${here(asked)}`;
    throw error;
  }
}

/** Where V8 leaves the calls above a function out of a stack. */
const { captureStackTrace } = Error as { captureStackTrace?: (target: object, above: unknown) => void };

/**
 * The place in the test that asks for something, so that a failure can point at it later.
 *
 * @param asked The function of the kit that the test has called.
 */
export function here(asked: unknown): string {
  const place = new Error();
  captureStackTrace?.(place, asked);
  const [, ...frames] = (place.stack ?? '').split('\n');
  return frames.join('\n');
}
