import * as t from 'io-ts';
import { defineTool, describeCodec } from 'rxclaude';
import { evaluate } from '../arithmetic.js';

/** The simplest kind of tool: a value in, a value out. */
export const calculate = defineTool({
  name: 'calculate',
  description: 'Works out an arithmetic expression. Use it for every calculation.',
  input: t.type({
    expression: describeCodec(t.string, 'Numbers, + - * / ^, brackets, sqrt abs round ln log sin cos tan, pi, e'),
  }),
  idempotent: true,
  run: ({ expression }) => evaluate(expression),
});
