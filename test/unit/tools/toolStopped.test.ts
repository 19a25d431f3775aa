import { toolStopped } from '../../../src/tools/toolStopped.js';

it.each([
  [false, 'the user left', 'Not run: the user left.'],
  [false, 'The user left.', 'Not run: The user left.'],
  [false, 'Enough!', 'Not run: Enough!'],
  [true, 'The user left.', 'Stopped while running: The user left. It may have taken effect.'],
])('a call that was stopped (started: %j) because of %j', (started, why, message) => {
  expect(toolStopped(started, why)).toEqual({ _tag: 'Stopped', started, message });
});
