import type * as t from 'io-ts';
import type { InputIssue } from '../events/ToolInputError.js';
import { isJsonObject } from '../json/isJsonObject.js';
import { expectedOf, tagOf } from './ioTsExpected.js';
import { inspect, unwrap } from './ioTsCodec.js';
import type { AnyCodec } from './ioTsCodec.js';

/** One entry of an error's context, with its part of the path. */
interface Step {
  readonly key: string;
  readonly codec: AnyCodec;
  readonly actual: unknown;
  /**
   * `undefined` for the root, a branch of a union and a part of an intersection: their value is that of the entry
   * around them.
   */
  readonly segment: string | number | undefined;
}

interface Trace {
  readonly steps: readonly Step[];
  readonly message: string | undefined;
}

/**
 * Turns io-ts's validation errors into issues that Claude can act on: one for each wrong field.
 *
 * Paths lead through the input only: they do not show branches of unions or parts of intersections. A union is one
 * issue (`"a" | "b" | number`), unless it is clear which branch was meant: the one whose literal tag is present, or the
 * only one whose outer shape fits; then the issues inside that branch are reported.
 *
 * @returns The issues, in the order in which io-ts found them. `found` is `undefined` for a missing property.
 */
export function ioTsIssues(errors: t.Errors): readonly InputIssue[] {
  const issues = new Map<string, InputIssue>();
  for (const issue of issuesOf(errors.map(traceOf), 0)) {
    const key = JSON.stringify(issue.path);
    const same = issues.get(key);
    issues.set(key, same ? both(same, issue) : issue);
  }
  return [...issues.values()];
}

function traceOf({ context, value, message }: t.ValidationError): Trace {
  const steps = context.reduce<readonly Step[]>((before, entry) => {
    const actual = 'actual' in entry ? entry.actual : value;
    const step = { key: entry.key, codec: entry.type as AnyCodec, actual };
    return [...before, { ...step, segment: segmentOf(step, before.at(-1)) }];
  }, []);
  return { steps: withoutHiddenBranch(steps), message };
}

function segmentOf({ key, actual }: Omit<Step, 'segment'>, parent: Step | undefined): string | number | undefined {
  if (parent === undefined) return undefined;
  const index = /^\d+$/.test(key) ? Number(key) : key;
  switch (unwrap(parent.codec)._tag) {
    case 'UnionType':
    case 'IntersectionType':
      return undefined;
    case 'ArrayType':
    case 'ReadonlyArrayType':
    case 'TupleType':
      return index;
    case undefined:
      // A custom codec may hide any of them; a branch or a part is recognized by its value, which is the parent's.
      if (typeof index === 'number' && Object.is(actual, parent.actual)) return undefined;
      return Array.isArray(parent.actual) ? index : key;
    default:
      return key;
  }
}

/** Ends a trace at the custom codec whose hidden union or intersection failed: only the whole has a name. */
function withoutHiddenBranch(steps: readonly Step[]): readonly Step[] {
  const end = steps.findIndex((step, at) => {
    const parent = steps[at - 1];
    const isHidden = parent !== undefined && step.segment === undefined && inspect(parent.codec)._tag === undefined;
    return isHidden && isFlat(steps, at);
  });
  return end < 0 ? steps : steps.slice(0, end);
}

/** The issues of traces that are equal up to the step `from`. */
function issuesOf(traces: readonly Trace[], from: number): readonly InputIssue[] {
  const groups = groupBy(traces, (trace, at) => {
    const union = unionAfter(trace.steps, from);
    const keys = trace.steps.slice(0, union + 1).map(({ key }) => key);
    return union < 0 ? String(at) : JSON.stringify(keys);
  });
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const union = unionAfter(first.steps, from);
    return union < 0 ? [plainIssue(first)] : unionIssues(group, first.steps.slice(0, union + 1));
  });
}

/** The position of the next union that tried a branch. */
function unionAfter(steps: readonly Step[], from: number): number {
  return steps.findIndex(({ codec }, at) => at >= from && at < steps.length - 1 && unwrap(codec)._tag === 'UnionType');
}

function plainIssue({ steps, message }: Trace): InputIssue {
  const last = steps.at(-1);
  if (last === undefined) return { path: [], expected: 'another value', found: undefined, ...said(message) };
  const inner = unwrap(last.codec);
  // io-ts tries no branch of a tagged union when no branch has the tag.
  const tagIssue = inner._tag === 'UnionType' && message === undefined && wrongTag(inner.types, steps, inner.tag);
  if (tagIssue) return tagIssue;
  return { path: pathOf(steps), expected: expectedOf(last.codec), found: last.actual, ...said(message) };
}

function unionIssues(traces: readonly Trace[], union: readonly Step[]): readonly InputIssue[] {
  const at = union.length;
  const deep = groupBy(traces, ({ steps }) => steps[at]?.key ?? '').filter((branch) =>
    branch.every(({ steps }) => !isFlat(steps, at)),
  );
  const codecs = deep.flatMap(([trace]) => trace?.steps[at]?.codec ?? []);
  const tag = tagOf(codecs);
  const found = union.at(-1)?.actual;
  const meant =
    deep.length === 1 ? 0 : tag ? tag.valuesOf.findIndex((values) => values.includes(field(found, tag.key))) : -1;
  const branch = deep[meant];
  if (branch) return issuesOf(branch, at);
  return [wrongTag(codecs, union, tag?.key) ?? plainIssue({ steps: union, message: undefined })];
}

/** The issue of a tag that fits no branch: clearer than every branch in full. */
function wrongTag(branches: readonly AnyCodec[], union: readonly Step[], key?: string): InputIssue | undefined {
  const tag = tagOf(branches, key);
  const object = union.at(-1)?.actual;
  if (tag === undefined || !isJsonObject(object)) return undefined;
  const values = tag.valuesOf.flat();
  const found = field(object, tag.key);
  if (values.includes(found)) return undefined;
  const expected = values.map((value) => JSON.stringify(value)).join(' | ');
  return { path: [...pathOf(union), tag.key], expected, found };
}

function field(object: unknown, key: string): unknown {
  return isJsonObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Tells whether no later step leads deeper into the input. */
function isFlat(steps: readonly Step[], at: number): boolean {
  return steps.slice(at).every(({ segment }) => segment === undefined);
}

function pathOf(steps: readonly Step[]): readonly (string | number)[] {
  return steps.flatMap(({ segment }) => segment ?? []);
}

/** One place must satisfy both: parts of an intersection. */
function both(a: InputIssue, b: InputIssue): InputIssue {
  const expected = [...new Set([a.expected, b.expected])].join(' & ');
  const messages = [...new Set([a.message, b.message])].filter((message) => message !== undefined);
  return { ...a, expected, ...(messages.length > 0 && { message: messages.join('; ') }) };
}

function said(message: string | undefined): Pick<InputIssue, 'message'> {
  return message === undefined ? {} : { message };
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item, at: number) => string,
): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  items.forEach((item, at) => {
    const key = keyOf(item, at);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return [...groups.values()];
}
