import { isObject } from '../../../src/values/isObject.js';
import { code, type Code, indented, type Imports } from './code.js';
import { errorCode } from './errorCode.js';
import type { PlannedEvent, PlannedReply } from './planReply.js';

/** A planned reply as a program. */
export function replyCode({ diagram, letters, error }: PlannedReply, imports: Imports): Code {
  const meanings = [...letters].map(([letter, events]) => `${letter}: ${meaningCode(events, imports)},`);
  if (error !== undefined) meanings.push(`'#': ${errorCode(error, imports)},`);
  if (meanings.length === 0) return `reply(${code(diagram)})`;
  return `reply(${code(diagram)}, {\n${indented(meanings)}\n})`;
}

function meaningCode(planned: readonly PlannedEvent[], imports: Imports): Code {
  const events = planned.map((event) => eventCode(event, imports));
  const [first = '', ...others] = events;
  if (others.every((other) => other === first)) return first;
  imports.add('inTurn');
  return `inTurn(\n${indented(events.map((event) => `${event},`))}\n)`;
}

/** An event: in short where the reply would number its block just so. */
function eventCode({ event, inPlace }: PlannedEvent, imports: Imports): Code {
  const piece: unknown = 'delta' in event ? event.delta : undefined;
  if (inPlace && isObject(piece) && Object.keys(piece).length === 2 && Object.keys(event).length === 3) {
    const [text, json] = [piece['text'], piece['partial_json']];
    if (piece['type'] === 'text_delta' && typeof text === 'string') return call('text', text, imports);
    if (piece['type'] === 'input_json_delta' && typeof json === 'string') return call('inputJson', json, imports);
  }
  return call('event', event, imports);
}

function call(name: string, argument: unknown, imports: Imports): Code {
  imports.add('claude');
  return `claude.${name}(${code(argument)})`;
}
