type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isList: Check = (value) => Array.isArray(value) && value.every(isObject);

/** What the API demands of the blocks in a tool's result, and what it lets stand beside that. */
const BLOCKS: Readonly<Record<string, { needed: Fields; others: readonly string[] }>> = {
  text: { needed: { text: isText }, others: ['citations'] },
  image: { needed: { source: (source) => isObject(source) && isText(source['type']) }, others: [] },
  document: {
    needed: { source: (source) => isObject(source) && isText(source['type']) },
    others: ['title', 'context', 'citations'],
  },
  search_result: { needed: { content: isList, source: isText, title: isText }, others: ['citations'] },
  tool_reference: { needed: { tool_name: isText }, others: [] },
  browser_state: { needed: { tabs: isList }, others: ['active_tab_id', 'viewport'] },
};

function isBlock(block: unknown): block is Record<string, unknown> {
  if (!isObject(block)) return false;
  const rules = BLOCKS[String(block['type'])];
  if (rules === undefined) return false;
  const { needed, others } = rules;
  const known = ['type', 'cache_control', ...others, ...Object.keys(needed)];
  return (
    Object.keys(block).every((key) => known.includes(key)) &&
    Object.entries(needed).every(([key, check]) => check(block[key]))
  );
}

/** What is wrong with the content of a result in the eyes of the API; empty when nothing is. */
export function faultsOf(content: unknown, maxChars = Infinity, textOnly = false): string[] {
  const faults: string[] = [];
  const blocks = Array.isArray(content) ? (content as unknown[]) : [{ type: 'text', text: content }];
  if (!Array.isArray(content) && typeof content !== 'string') faults.push(`content is a ${typeof content}`);
  if (!blocks.every(isBlock)) faults.push('there is an invalid block');
  if (textOnly && blocks.some((block) => isObject(block) && block['type'] !== 'text'))
    faults.push('there is more than text');
  const sent = toJson(content);
  if (sent === undefined) return [...faults, 'it cannot be written as JSON'];
  if (hasLoneSurrogate(JSON.parse(sent))) faults.push('there is half a surrogate pair');
  const text = blocks.map((block) => (isObject(block) && isText(block['text']) ? String(block['text']) : '')).join('');
  // The note that says what was left out, once.
  if (text.length > maxChars + 200) faults.push(`there are ${String(text.length)} characters of text`);
  return faults;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, field]) => hasLoneSurrogate(key) || hasLoneSurrogate(field));
}
