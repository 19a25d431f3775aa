import type { Cassette } from '../cassette/Cassette.js';
import { playExchange } from '../cassette/playExchange.js';
import { readWire } from '../cassette/readWire.js';
import { createRunRecorder } from '../../run/createRunRecorder.js';
import type { Run } from '../../run/Run.js';
import { MarbleScheduler } from '../../session/MarbleScheduler.js';

/** What each reply of a cassette emits, and when, counted from its request. */
export function runsOf({ exchanges }: Cassette): Run[] {
  return exchanges.map((exchange) => {
    const scheduler = new MarbleScheduler();
    const recorder = createRunRecorder(() => scheduler.now());
    scheduler.run(() => {
      readWire(playExchange(exchange, 1)).subscribe(recorder);
    });
    return recorder.run;
  });
}
