/** Where the problem is. */
export interface CassetteErrorFacts {
  /** The line of the file that cannot be read, counted from 1. */
  readonly line?: number;
  /** The request that cannot be answered, counted from 1. */
  readonly request?: number;
  /** Where in the body of that request the first difference is, such as `messages.0.content`. */
  readonly path?: string;
}

/** A cassette that cannot be read, or that has no reply to a request. The message says what was found and what to do. */
export class CassetteError extends Error {
  readonly _tag = 'CassetteError';
  /** The line of the file that cannot be read, counted from 1. */
  readonly line: number | undefined;
  /** The request that cannot be answered, counted from 1. */
  readonly request: number | undefined;
  /** Where in the body of that request the first difference is, such as `messages.0.content`. */
  readonly path: string | undefined;

  constructor(message: string, { line, request, path }: CassetteErrorFacts = {}) {
    super(message);
    Object.defineProperty(this, 'name', { value: 'CassetteError', configurable: true, writable: true });
    this.line = line;
    this.request = request;
    this.path = path;
  }
}
