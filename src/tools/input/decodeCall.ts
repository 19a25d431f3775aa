import type { ToolCallEvent } from '../../events/RoundEvent.js';
import { isPromiseLike } from '../../values/isPromiseLike.js';
import type { ToolRegistry } from '../createToolRegistry.js';
import { invalidInput, unknownTool } from './inputMessages.js';
import type { Decoded } from '../Tool.js';

/**
 * Checks the input of a call against the tool it names.
 *
 * @returns The call with the decoded input, or with what is wrong with it; a promise when the schema is asynchronous.
 * @throws whatever the tool's schema throws: only the program can fix that.
 */
export function decodeCall(registry: ToolRegistry, call: ToolCallEvent): ToolCallEvent | Promise<ToolCallEvent> {
  const { name, input } = call;
  if (input._tag === 'Left') return call;
  const tool = registry.find(call);
  if (tool === undefined) {
    return { ...call, input: { _tag: 'Left', left: unknownTool(name, input.right, registry.names) } };
  }
  const decoded = tool.decode(input.right);
  return isPromiseLike(decoded) ? finishLater(call, decoded) : withDecoded(call, decoded);
}

async function finishLater(call: ToolCallEvent, decoded: PromiseLike<Decoded<unknown>>): Promise<ToolCallEvent> {
  return withDecoded(call, await decoded);
}

function withDecoded(call: ToolCallEvent, decoded: Decoded<unknown>): ToolCallEvent {
  if (decoded._tag === 'Right') return { ...call, input: decoded };
  const raw = call.input._tag === 'Right' ? call.input.right : undefined;
  return { ...call, input: { _tag: 'Left', left: invalidInput(call.name, raw, decoded.left) } };
}

/** The call when its check did not end in time. */
export function undecidedCall(call: ToolCallEvent): ToolCallEvent {
  const expected = 'an input that is checked in time';
  const found = call.input._tag === 'Right' ? call.input.right : undefined;
  return withDecoded(call, {
    _tag: 'Left',
    left: [{ path: [], expected, found, message: 'Checking this input took too long.' }],
  });
}
