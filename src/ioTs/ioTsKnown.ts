import type { JsonSchema } from './ioTsSchema.js';

/** What io-ts-types' converters decode from. They are plain `t.Type`s, so only their names tell them apart. */
export const KNOWN_CONVERTERS: ReadonlyMap<string, JsonSchema> = new Map<string, JsonSchema>([
  ['NumberFromString', { type: 'string', description: 'A number as a string.' }],
  ['IntFromString', { type: 'string', description: 'A whole number as a string.' }],
  ['BigIntFromString', { type: 'string', description: 'A whole number as a string.' }],
  ['BooleanFromString', { type: 'string', enum: ['true', 'false'] }],
  ['BooleanFromNumber', { type: 'number', description: '0 for false, any other number for true.' }],
  ['DateFromISOString', { type: 'string', format: 'date-time' }],
  ['DateFromNumber', { type: 'number', description: 'Unix time in milliseconds.' }],
  ['DateFromUnixTime', { type: 'integer', description: 'Unix time in seconds.' }],
  ['JsonFromString', { type: 'string', contentMediaType: 'application/json' }],
]);

/** What the names of io-ts-types' string brands mean. */
export const KNOWN_BRANDS: ReadonlyMap<string, JsonSchema> = new Map<string, JsonSchema>([
  ['NonEmptyString', { minLength: 1 }],
  ['UUID', { format: 'uuid' }],
]);
