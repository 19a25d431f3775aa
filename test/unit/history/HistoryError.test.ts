import { checkHistory } from '../../../src/history/checkHistory.js';
import { historyError } from '../../../src/errors/failures.js';
import type { HistoryDefect } from '../../../src/errors/HistoryDefect.js';
import { RxClaudeError } from '../../../src/errors/RxClaudeError.js';
import { ask, call, claude, text } from './blocks.js';
import { given } from './given.js';

const END = '`mendHistory` mends what it safely can; `defects` has them all.';
const bad = claude(text('my secret', { parsed_output: 'words' }), text(''), call('t1'));

describe('HistoryError', () => {
  it('names the first defects, and says how many more there are', () => {
    const defects = checkHistory(given([ask, bad, bad]));
    const error = historyError(defects);
    expect(defects).toHaveLength(7);
    expect(error.message).toBe(
      'The API would refuse this history. messages.1.content.0.text.parsed_output: Extra inputs are not permitted. ' +
        'messages.1.content.1: messages: text content blocks must be non-empty. ' +
        `messages.2.content.0.text.parsed_output: Extra inputs are not permitted. And 4 more. ${END}`,
    );
    expect(error).toMatchObject({ _tag: 'HistoryError', name: 'HistoryError', defects });
    expect(RxClaudeError.is(error)).toBe(true);
  });

  it('shows nothing of what was said', () => {
    const defects = checkHistory(given([ask, bad]));
    expect(historyError(defects).message).not.toMatch(/my secret|words/);
  });

  it('is not longer for long ids', () => {
    const { message } = historyError(checkHistory(given([ask, claude(call('t'.repeat(10_000)))])));
    expect(message.length).toBeLessThan(600);
    expect(message).toMatch(/t….*\.$/);
  });

  it('can be logged as JSON', () => {
    const defects: HistoryDefect[] = checkHistory(given([ask, claude(call('t1'))]));
    expect(JSON.parse(JSON.stringify(historyError(defects)))).toEqual({
      name: 'HistoryError',
      message: historyError(defects).message,
      tag: 'HistoryError',
      defects: [{ code: 'tool_use_without_result', path: 'messages.1', message: 1, wording: defects[0]?.wording }],
    });
  });
});
