import * as fc from 'fast-check';
import { createQueue } from '../../../src/values/createQueue.js';

it('gives what an array would give, however pushes and shifts are mixed', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (pushes) => {
      const queue = createQueue<{ readonly at: number }>();
      const array: { readonly at: number }[] = [];
      pushes.forEach((isPush, at) => {
        if (!isPush) {
          expect(queue.shift()).toBe(array.shift());
          return;
        }
        const item = { at };
        queue.push(item);
        array.push(item);
      });
    }),
  );
});
