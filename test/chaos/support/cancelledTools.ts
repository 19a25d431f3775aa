import { interval } from 'rxjs';
import { defineTool, jsonSchema } from 'rxclaude';
import type { Tool, ToolContext, ToolReturn } from 'rxclaude';
import { pause } from '../../conformance/support/run.js';
import { reply, text, thinking, toolUse } from '../../support/replies.js';
import type { Chance } from './chance.js';
import type { TalkLog } from './TalkLog.js';

/** Tools that are done at once, so that round follows on round. */
export function quickTools(log: TalkLog): Tool[] {
  return [
    tool('look', log, async () => 'found'),
    tool('act', log, () => 'done'),
    tool('tell', log, function* () {
      yield 'half';
    }),
  ];
}

/** Tools that go on for ever, and mind no signal. */
export function endlessTools(log: TalkLog): Tool[] {
  const told = async function* (): AsyncGenerator<number> {
    for (let n = 0; ; n++) {
      await pause(1);
      yield n;
    }
  };
  return [
    tool('look', log, () => log.watched(interval(1))),
    tool('act', log, async () => new Promise(() => undefined)),
    tool('tell', log, told),
  ];
}

function tool(name: string, log: TalkLog, run: () => ToolReturn<unknown>): Tool {
  const made: Tool = defineTool({
    name,
    description: 'A tool.',
    input: jsonSchema({ type: 'object' }),
    idempotent: name === 'look',
    run: (input, context: ToolContext) => {
      log.began(made, input, context);
      return run();
    },
  });
  return made;
}

/** A reply that has of everything something. */
export function replyWith(chance: Chance): object[] {
  const words = Array.from({ length: chance.int(2, 5) }, () => 'word ');
  const calls = ['look', 'act', 'tell'].map((name, at) =>
    toolUse({ id: `toolu_${String(at)}`, name, input: { n: at, of: 'things' }, pieceSize: chance.int(8, 20) }),
  );
  return reply({ content: [thinking('Hm.'), text(words), ...calls] });
}
