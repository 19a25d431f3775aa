import { RxClaudeError } from './RxClaudeError.js';

/** Claude's events came in an order, or with a shape, that the Messages API does not allow. */
export class ProtocolError extends RxClaudeError {
  readonly _tag = 'ProtocolError';

  constructor(message: string, options?: ErrorOptions) {
    super('ProtocolError', message, options);
  }
}
