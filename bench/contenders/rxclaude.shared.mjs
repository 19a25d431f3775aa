import * as t from 'io-ts';
import { defineTool } from '../../dist/esm/src/index.js';
import { saveTool, textIn } from './shared.mjs';

const Query = t.strict({ query: t.string });

/** The tools of a scenario as rxclaude's: io-ts, and started as soon as their input is complete. */
export const toRxTools = (tools) =>
  tools.map(({ name, description, run }) =>
    defineTool({ name, description, input: Query, idempotent: true, run: ({ query }) => run(query) }),
  );

/** The tool that is given the large inputs. */
export const toRxSaveTool = (run) =>
  defineTool({ name: saveTool.name, description: saveTool.description, input: t.UnknownRecord, run });

/** Subscribes, hands each event on, and waits for the end. */
export function drained(events, next) {
  return new Promise((resolve, reject) => {
    events.subscribe({ next, complete: resolve, error: reject });
  });
}

/** How many characters of text there are in all events. */
export async function charactersIn(events) {
  let characters = 0;
  await drained(events, (event) => {
    characters += textIn(event);
  });
  return characters;
}

/** How Stop works on an Observable. */
export function stoppable(events) {
  const subscription = events.subscribe({ error: () => undefined });
  return { stop: () => subscription.unsubscribe() };
}
