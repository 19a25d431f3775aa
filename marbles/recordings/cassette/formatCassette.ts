import type { Cassette, CassetteExchange, CassetteLine } from './Cassette.js';
import { VERSION } from './Cassette.js';

/** The first line of every cassette. */
export const HEAD = toLine({ type: 'cassette', version: VERSION });

/**
 * Writes a cassette as JSONL, exchange after exchange.
 *
 * @param cassette A cassette that {@link parseCassette} read, or one made by hand.
 * @returns The text, with a line feed at its end. `parseCassette` reads the same cassette from it.
 * @example
 * ```ts
 * import { formatCassette, parseCassette } from 'rxclaude/recordings';
 *
 * declare const recorded: string;
 *
 * const { version, exchanges } = parseCassette(recorded);
 * const firstOnly = formatCassette({ version, exchanges: exchanges.slice(0, 1) });
 * ```
 */
export function formatCassette(cassette: Cassette): string {
  const lines = cassette.exchanges.flatMap((exchange, index) => linesOf(exchange, index + 1));
  return HEAD + lines.map(toLine).join('');
}

function linesOf({ request, response, chunks, end }: CassetteExchange, exchange: number): CassetteLine[] {
  return [
    { type: 'request', exchange, ...timeFirst(request) },
    ...(response === undefined ? [] : [{ type: 'response' as const, exchange, ...timeFirst(response) }]),
    ...chunks.map((chunk) => ({ type: 'chunk' as const, exchange, ...timeFirst(chunk) })),
    ...(end === undefined ? [] : [{ type: 'end' as const, exchange, ...timeFirst(end) }]),
  ];
}

/** The order of fields: lines are easier to read when they begin alike. */
function timeFirst<Part extends { readonly time: number }>(part: Part): Part {
  return Object.assign({ time: part.time }, part);
}

/** A line of the file, with its line feed. */
export function toLine(line: CassetteLine | { readonly type: 'cassette'; readonly version: number }): string {
  return `${JSON.stringify(line)}\n`;
}
