// The types of the marble kit: what a fake tool keeps of the tool that it stands for.
import * as t from 'io-ts';
import { expectTypeOf } from 'expect-type';
import type { it as nodeIt } from 'node:test';
import type { it as vitestIt } from 'vitest';
import { defineTool } from '../../src/index.js';
import type { Tool, ToolEntry } from '../../src/index.js';
import { type DeclareTest, type FakeTool, runMarble } from '../../marbles/index.js';

const pay = defineTool({
  name: 'pay',
  description: 'Pays an invoice.',
  input: t.type({ invoice: t.string, amount: t.number }),
  run: () => ({ paid: true }),
});
type Payment = { invoice: string; amount: number };

it('a fake tool has the types of the tool that it stands for', () => {
  runMarble(({ tool }) => {
    const paying = tool(pay, '--(r|)', { r: { paid: false } });
    expectTypeOf(paying).toEqualTypeOf<FakeTool<Payment, { paid: boolean }>>();
    expectTypeOf(paying).toExtend<Tool<Payment, { paid: boolean }>>();
    expectTypeOf<(typeof paying.runs)[number]['input']>().toEqualTypeOf<Payment>();
    const entries: ToolEntry[] = [paying, tool('other', '-')];
    expect(entries).toHaveLength(2);

    // @ts-expect-error -- the tool cannot have this output
    tool(pay, '--(r|)', { r: 17 });
    tool(pay, '--#', { '#': new Error('closed') });
    tool(pay, '-', {}, { guard: ({ amount }) => amount < 100 });
  });
});

it('a fake tool that has only a name takes and gives anything', () => {
  runMarble(({ tool }) => {
    expectTypeOf(tool('pay', '-')).toEqualTypeOf<FakeTool>();
    tool('pay', '--(r|)', { r: 17 });
  });
});

it('marbleFor takes the `it` of each framework', () => {
  expectTypeOf(it).toExtend<DeclareTest>();
  expectTypeOf<typeof nodeIt>().toExtend<DeclareTest>();
  expectTypeOf<typeof vitestIt>().toExtend<DeclareTest>();
});
