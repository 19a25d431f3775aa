import * as t from 'io-ts';
import { defineTool, describeCodec, type Tool } from 'rxclaude';

const Input = t.intersection([
  t.type({ city: describeCodec(t.string, 'The city, without its country') }),
  t.partial({
    days: describeCodec(t.Int, { description: 'How many days, today included; 3 by default', minimum: 1, maximum: 5 }),
  }),
]);

const Day = t.type({ date: t.string, sky: t.string, low: t.number, high: t.number });

/**
 * Asks the weather service over HTTP, day by day, and so it is an async generator: what it yields before the last value
 * is shown as progress. The signal ends the request when the result is no longer wanted.
 *
 * @param service Where the service listens.
 */
export function getWeather(service: string): Tool<t.TypeOf<typeof Input>> {
  return defineTool({
    name: 'get_weather',
    description: 'The weather forecast for a city, in °C. Fails for places without a weather station.',
    input: Input,
    idempotent: true,
    timeout: 15_000,
    async *run({ city, days = 3 }, { signal }) {
      const of = Math.min(Math.max(days, 1), 5);
      const forecast: string[] = [];
      for (let done = 0; done < of; done += 1) {
        yield { done, of };
        const response = await fetch(`${service}/forecast/${encodeURIComponent(city)}/${String(done)}`, { signal });
        if (!response.ok) throw new Error(await response.text());
        forecast.push(toText(await response.json()));
      }
      yield forecast;
    },
  });
}

function toText(answer: unknown): string {
  if (!Day.is(answer)) throw new Error('The weather service gave an answer that is no forecast.');
  return `${answer.date} ${answer.sky}, ${String(answer.low)} to ${String(answer.high)} °C`;
}
