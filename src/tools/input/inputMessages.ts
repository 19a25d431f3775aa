import { wellFormed } from '../result/wellFormed.js';
import { toJson } from '../../json/toJson.js';
import type {
  InputIssue,
  InputTooLarge,
  InvalidInput,
  InvalidJson,
  NotAnObject,
  UnknownTool,
} from '../../events/ToolInputError.js';
import type { JsonLimits } from '../../json/parseJson.js';

/** How much of a wrong value is shown, in characters. */
const LONGEST_VALUE = 80;
/** How much of a validator's own message is shown, in characters; some quote the whole value. */
const LONGEST_SENTENCE = 160;
/** How many wrong fields are listed. */
const MOST_ISSUES = 100;
const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** The error for text that is not JSON. */
export function invalidJson(name: string, text: string, reason: string): InvalidJson {
  const message = `The input of \`${name}\` is not valid JSON (${reason}). Try again with a complete JSON object.`;
  return { _tag: 'InvalidJson', text, message };
}

/** The error for text that is too long or nested too deep. */
export function inputTooLarge(name: string, exceeded: keyof JsonLimits, limits: Required<JsonLimits>): InputTooLarge {
  const maximum = limits[exceeded];
  const limit = exceeded === 'maxChars' ? 'maxInputChars' : 'maxInputDepth';
  const large = exceeded === 'maxChars' ? 'longer than' : 'nested deeper than';
  const unit = exceeded === 'maxChars' ? 'characters' : 'levels';
  const message = `The input of \`${name}\` is ${large} ${String(maximum)} ${unit}. Try again with less, or in several calls.`;
  return { _tag: 'InputTooLarge', limit, maximum, message };
}

/** The error for JSON that is not an object. */
export function notAnObject(name: string, text: string, value: unknown): NotAnObject {
  const message = `The input of \`${name}\` must be a JSON object, found ${describe(JSON.stringify(value), value)}. Try again with an object.`;
  return { _tag: 'NotAnObject', text, message };
}

/** The error for an object that the tool's schema refuses: one line for each field. */
export function invalidInput(name: string, input: unknown, issues: readonly InputIssue[]): InvalidInput {
  const lines = issues.slice(0, MOST_ISSUES).map((issue) => `- ${showIssue(issue)}`);
  if (issues.length > MOST_ISSUES) lines.push(`- and ${String(issues.length - MOST_ISSUES)} more`);
  const message = [
    `The input of \`${name}\` does not match its schema:`,
    ...lines,
    'Correct these fields and try again.',
  ].join('\n');
  return { _tag: 'InvalidInput', input, issues: issues.map(toPlain), message };
}

/** The error for a call to a tool that cannot run here. */
export function unknownTool(name: string, input: unknown, known: readonly string[]): UnknownTool {
  const message = `Tool \`${cut(name)}\` is not available here. Available: ${known.join(', ') || 'none'}.`;
  return { _tag: 'UnknownTool', input, known, message };
}

/** Events are plain data: a field without a value is absent. */
function toPlain({ path, expected, found, message }: InputIssue): InputIssue {
  return { path, expected, ...(found !== undefined && { found }), ...(message !== undefined && { message }) };
}

function showIssue({ path, expected, found, message }: InputIssue): string {
  const where = showPath(path);
  if (message !== undefined) return `${where}: ${sentence(message)} (found ${show(found)})`;
  return `${where}: expected ${expected}, found ${show(found)}`;
}

/** A path as in code: `days[0].unit`, or `(input)`. */
function showPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return '(input)';
  return path.map(showKey).join('').replace(/^\./, '');
}

function showKey(key: string | number): string {
  if (typeof key === 'number') return `[${String(key)}]`;
  return PLAIN_KEY.test(key) ? `.${key}` : `[${JSON.stringify(cut(key))}]`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing: it is missing';
  return describe(toJson(value) ?? `[${typeof value}]`, value);
}

function describe(json: string, value: unknown): string {
  const text = cut(json);
  if (value === null || typeof value === 'boolean') return text;
  return `${text} (${Array.isArray(value) ? 'array' : typeof value})`;
}

function sentence(message: string): string {
  return cut(message.replace(/\s+/g, ' '), LONGEST_SENTENCE);
}

function cut(text: string, longest = LONGEST_VALUE): string {
  return text.length > longest ? `${wellFormed(text.slice(0, longest))}…` : text;
}
