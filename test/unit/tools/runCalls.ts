import { from, lastValueFrom, toArray } from 'rxjs';
import { accumulateToolInput, executeTools, validateWith } from 'rxclaude';
import type { ExecuteToolsOptions, RoundEvent, ToolEntry, ToolResultEvent } from 'rxclaude';
import { callsReply, type CallSpec } from '../../support/replies.js';

/** The events of a reply that calls tools, and all that becomes of the calls. */
export async function runAll(
  tools: readonly ToolEntry[],
  calls: readonly CallSpec[],
  options: ExecuteToolsOptions = {},
): Promise<RoundEvent[]> {
  const events = callsReply(...calls) as RoundEvent[];
  return lastValueFrom(
    from(events).pipe(accumulateToolInput(), validateWith(tools), executeTools(tools, options), toArray()),
  );
}

/** What becomes of calls, in the order in which their tools finish. */
export async function runCalls(
  tools: readonly ToolEntry[],
  calls: readonly CallSpec[],
  options: ExecuteToolsOptions = {},
): Promise<ToolResultEvent[]> {
  return (await runAll(tools, calls, options)).filter((event) => event.type === 'tool_result');
}

/** What becomes of one call. */
export async function runCall(
  tool: ToolEntry,
  input: object | string = {},
  fields: Partial<CallSpec> = {},
  options: ExecuteToolsOptions = {},
): Promise<ToolResultEvent> {
  const name = 'name' in tool ? tool.name : '';
  const [result] = await runCalls([tool], [{ id: 'toolu_1', name, input, ...fields }], options);
  if (result === undefined) throw new Error('The call was not answered.');
  return result;
}

/** The content of a result that is text. */
export function textOf({ content }: ToolResultEvent['result']): string {
  if (typeof content !== 'string') throw new Error('The content is no text.');
  return content;
}
