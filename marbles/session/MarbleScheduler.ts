import { TestScheduler } from 'rxjs/testing';
import { assertMarbles } from './assertMarbles.js';
import { createSession, type Session } from './createSession.js';

/** Something that rxjs's own expectations will compare. */
export interface Asked {
  /** What the letters of the test stand for, to tell of a failure in its own letters. */
  values: Readonly<Record<string, unknown>>;
  /** Where in the test it stands; `undefined` until the test has said what it expects. */
  at: string | undefined;
}

/** The virtual clock of one test. Whenever it has run out, what the test expects is looked at. */
export class MarbleScheduler extends TestScheduler {
  readonly session: Session = createSession(this);
  /** What the test has asked of rxjs, in the order in which rxjs will answer. */
  private readonly asked: Asked[] = [];

  constructor() {
    super((actual, expected) => {
      const [asked] = this.asked.splice(
        this.asked.findIndex(({ at }) => at !== undefined),
        1,
      );
      assertMarbles(actual, expected, asked?.values ?? {}, asked?.at);
    });
  }

  /** Notes that rxjs is asked to compare something. It will, once `at` is set. */
  ask(): Asked {
    const asked: Asked = { values: {}, at: undefined };
    this.asked.push(asked);
    return asked;
  }

  override flush(): void {
    super.flush();
    this.session.check();
  }
}
