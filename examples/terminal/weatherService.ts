import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Observable } from 'rxjs';

const SKIES = ['sunny', 'partly cloudy', 'cloudy', 'light rain', 'showers', 'windy and clear'];

/**
 * A small weather service on a free port of this machine: `GET /forecast/<city>/<days from today>`.
 *
 * Its weather is made up, but the same for all who ask on the same day. Emits its address once it listens;
 * unsubscribing closes it, open connections included.
 */
export function weatherService(): Observable<string> {
  return new Observable((subscriber) => {
    const server = createServer(answer);
    server.on('error', (error) => {
      subscriber.error(error);
    });
    server.listen(0, '127.0.0.1', () => {
      subscriber.next(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
    return () => {
      server.close();
      server.closeAllConnections();
    };
  });
}

function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const match = /^\/forecast\/([^/]+)\/(\d)$/u.exec(url);
  const city = decoded(match?.[1] ?? '');
  if (match === null || city === undefined || !/\p{L}/u.test(city) || /^atlantis$/iu.test(city)) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`There is no weather station in "${city ?? url}".`);
    return;
  }
  // Far stations take their time.
  const wait = setTimeout(
    () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(forecast(city, Number(match[2]))));
    },
    80 + (hash(city) % 160),
  );
  response.on('close', () => {
    clearTimeout(wait);
  });
}

function forecast(city: string, days: number): { date: string; sky: string; low: number; high: number } {
  const day = new Date(Date.now() + days * 86_400_000);
  const date = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(day);
  const chance = hash(`${city.toLowerCase()} ${day.toISOString().slice(0, 10)}`);
  const low = 4 + (hash(city.toLowerCase()) % 14) + (chance % 4);
  return { date, sky: SKIES[chance % SKIES.length] ?? 'cloudy', low, high: low + 4 + (chance % 7) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The FNV-1a hash of a text: a number that looks random and is not. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}
