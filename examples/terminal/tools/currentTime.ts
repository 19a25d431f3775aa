import { defineTool } from 'rxclaude';
import { z } from 'zod';

/** Large cities without a time zone of their name. */
const NEAREST: Record<string, string> = {
  barcelona: 'Europe/Madrid',
  beijing: 'Asia/Shanghai',
  boston: 'America/New_York',
  frankfurt: 'Europe/Berlin',
  geneva: 'Europe/Zurich',
  hamburg: 'Europe/Berlin',
  milan: 'Europe/Rome',
  mumbai: 'Asia/Kolkata',
  munich: 'Europe/Berlin',
  osaka: 'Asia/Tokyo',
  'rio de janeiro': 'America/Sao_Paulo',
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  washington: 'America/New_York',
};

/** Its input is a zod schema: any Standard Schema works as well as an io-ts codec. */
export const currentTime = defineTool({
  name: 'current_time',
  description: 'The date and time of this moment at a place.',
  input: z.object({
    place: z.string().min(1).describe('A large city such as Tokyo, or a time zone such as Asia/Tokyo or UTC'),
  }),
  idempotent: true,
  run: ({ place }) => {
    const timeZone = zoneOf(place);
    const show = (options: Intl.DateTimeFormatOptions): string =>
      new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format();
    return {
      time: show({ hour: '2-digit', minute: '2-digit' }),
      date: show({ weekday: 'long', day: 'numeric', month: 'long' }),
      zone: timeZone,
    };
  },
});

function zoneOf(place: string): string {
  const name = place.trim().toLowerCase();
  const nearest = Object.hasOwn(NEAREST, name) ? NEAREST[name] : undefined;
  const zone = nearest ?? namedLike(name) ?? Intl.supportedValuesOf('timeZone').find((each) => cityOf(each) === name);
  if (zone === undefined) throw new Error(`No time zone is known for "${place}". Name a larger city of its country.`);
  return zone;
}

/** The zone of exactly this name, in its usual spelling. */
function namedLike(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function cityOf(zone: string): string | undefined {
  return zone.split('/').at(-1)?.replaceAll('_', ' ').toLowerCase();
}
