import { parseJson } from '../../../src/json/parseJson.js';
import { isJsonObject } from '../../../src/json/isJsonObject.js';
import type { CassetteRequest } from './Cassette.js';
import type { Scrubber } from './createScrubber.js';
import { SECRET_FIELD, secretsOfField, secretsOfHeader, secretsOfQuery } from './keyLooks.js';

/** The arguments of a `fetch`. */
export type FetchInput = Parameters<typeof fetch>[0];
export type FetchInit = Parameters<typeof fetch>[1];

const REQUEST_HEADERS = /^(?:anthropic-version|anthropic-beta|content-type)$/;
const RESPONSE_HEADERS =
  /^(?:content-type|request-id|retry-after|retry-after-ms|x-should-retry|anthropic-ratelimit-.+)$/;

/** The fields in which people, Claude and tools speak. There, a field named `password` is no secret. */
const SPOKEN: readonly string[] = ['messages', 'system', 'tools'];

/** The text of a request's body; a promise when a `Request` has it, `undefined` when it is not text. */
export function bodyTextOf(input: FetchInput, init: FetchInit): string | undefined | Promise<string> {
  const body = init?.body;
  if (typeof body === 'string') return body;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return new TextDecoder().decode(body);
  // The original is sent, and can be read only once.
  return body == null && isRequest(input) && input.body !== null ? input.clone().text() : undefined;
}

/** The body's JSON, or its text when it is not JSON. */
export function toBody(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : text;
}

/** What is recorded of a request. The scrubber learns its secrets first, so that they are written nowhere. */
export function describeRequest(
  input: FetchInput,
  init: FetchInit,
  text: string | undefined,
  scrubber: Scrubber,
): Omit<CassetteRequest, 'time'> {
  const request = isRequest(input) ? input : undefined;
  const url = new URL(urlOf(input), 'http://localhost');
  const headers = new Headers(init?.headers ?? request?.headers);
  const body = toBody(text);

  for (const [name, value] of headers) scrubber.learn(secretsOfHeader(name, value));
  scrubber.learn(secretsOfQuery(url.searchParams));
  scrubber.learn([url.username, url.password].flatMap(secretsOfField));
  scrubber.learn(secretsOfBody(body));
  const beta = url.searchParams.get('beta');
  return {
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    path: scrubber.text(url.pathname + (beta === null ? '' : `?beta=${encodeURIComponent(beta)}`)),
    headers: pick(headers, REQUEST_HEADERS, scrubber),
    ...(body !== undefined && { body: scrubber.json(body) }),
  };
}

/** What is recorded of a response's headers. */
export function describeHeaders(headers: Headers, scrubber: Scrubber): Record<string, string> {
  return pick(headers, RESPONSE_HEADERS, scrubber);
}

function urlOf(input: FetchInput): string {
  if (typeof input === 'string') return input;
  return isRequest(input) ? input.url : input.href;
}

export function isRequest(input: FetchInput): input is Request {
  return typeof input !== 'string' && 'url' in input;
}

function pick(headers: Headers, allowed: RegExp, scrubber: Scrubber): Record<string, string> {
  const entries = [...headers].filter(([name]) => allowed.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, scrubber.text(value)]));
}

function secretsOfBody(body: unknown): string[] {
  if (!isJsonObject(body)) return [];
  return Object.entries(body).flatMap(([name, value]) => (SPOKEN.includes(name) ? [] : secretsIn(name, value)));
}

function secretsIn(name: string, value: unknown): string[] {
  if (typeof value === 'string') return SECRET_FIELD.test(name) ? secretsOfField(value) : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(name, item));
  return isJsonObject(value) ? Object.entries(value).flatMap(([inner, field]) => secretsIn(inner, field)) : [];
}
