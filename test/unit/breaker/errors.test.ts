import { RxClaudeError } from 'rxclaude';
import { CircuitOpenError } from '../../../src/errors/CircuitOpenError.js';
import { LimitError } from '../../../src/errors/LimitError.js';

const cause = new Error('why');

it.each<[RxClaudeError, facts: object, message: string]>([
  [
    new CircuitOpenError(1_500, 500),
    { _tag: 'CircuitOpenError', retryAt: 1_500, retryIn: 500 },
    'Nothing was sent: the circuit is open after too many failures. Try again in 500 ms.',
  ],
  [
    new CircuitOpenError(1_500, 0),
    { _tag: 'CircuitOpenError', retryAt: 1_500, retryIn: 0 },
    'Nothing was sent: the circuit is half open, and the one stream that was let through has not ended yet. ' +
      'Try again soon.',
  ],
  [
    new LimitError('maxDepth', 3, 'The input is nested too deeply'),
    { _tag: 'LimitError', limit: 'maxDepth', maximum: 3, found: undefined },
    'The input is nested too deeply. Expected at most 3. Raise `maxDepth`.',
  ],
  [
    new LimitError('maxDepth', 3, 'The input is nested too deeply', { found: 4, remedy: 'write less', cause }),
    { _tag: 'LimitError', limit: 'maxDepth', maximum: 3, found: 4, cause },
    'The input is nested too deeply. Expected at most 3, found 4. Raise `maxDepth`, or write less.',
  ],
])('%s', (error, facts, message) => {
  expect(RxClaudeError.is(error)).toBe(true);
  expect(error).toMatchObject({ name: error._tag, message, ...facts });
  expect('cause' in error).toBe('cause' in facts);
});
