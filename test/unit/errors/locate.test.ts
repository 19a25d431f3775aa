/** Where an error happened, as far as that is known. */
import { RxClaudeError } from 'rxclaude';
import { locate } from '../../../src/errors/locate.js';
import { protocolError, truncatedStreamError } from '../../support/errors.js';

describe('locate', () => {
  it('adds to an error of ours what is not known yet, and gives back the same error', () => {
    const error = protocolError('Odd.');
    expect(locate(error, { attempt: 2 })).toBe(error);
    expect(locate(error, { attempt: 3, round: 4 })).toBe(error);
    expect(error).toMatchObject({ attempt: 2, round: 4 });
  });

  it('fills in a fact that is there and undefined', () => {
    const error = truncatedStreamError({ lastEvent: undefined, events: 0 });
    expect(locate(error, { requestId: 'req_1' })).toMatchObject({ requestId: 'req_1' });
    const known = truncatedStreamError({ lastEvent: undefined, events: 0, requestId: 'req_0' });
    expect(locate(known, { requestId: 'req_1' })).toMatchObject({ requestId: 'req_0' });
  });

  it('shows in the JSON of the error, and says nothing that is not known', () => {
    const json = JSON.parse(
      JSON.stringify(locate(protocolError('Odd.'), { round: 1, requestId: undefined })),
    ) as object;
    expect(json).toEqual({ name: 'ProtocolError', message: 'Odd.', tag: 'ProtocolError', round: 1 });
  });

  it('leaves alone whatever is not ours', () => {
    for (const other of [
      Object.freeze(new Error('boom')),
      'boom',
      undefined,
      null,
      Object.freeze({ round: undefined }),
    ]) {
      expect(locate(other, { round: 1 })).toBe(other);
    }
    expect(locate(new Error('boom'), { round: 1 })).not.toHaveProperty('round');
  });

  it('leaves an error of ours that is frozen as it is', () => {
    const error = Object.freeze(protocolError('Odd.'));
    expect(locate(error, { round: 1 })).toBe(error);
  });

  it('knows an error of another copy of the library', () => {
    const copy = Object.defineProperty(new Error('copied'), Symbol.for('rxclaude.error'), { value: true });
    expect(RxClaudeError.is(copy)).toBe(true);
    expect(locate(copy, { round: 1 })).toHaveProperty('round', 1);
  });
});
