/** A call that the stand-in makes. */
export interface Call {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** A call and its result. */
export interface Finding extends Call {
  readonly result: string;
}

const NOT_UNDERSTOOD = `I am only a stand-in for Claude, a script of a hundred lines, and I did not understand that. \
I know what to do with questions such as these:

  What is the weather in Rome and Oslo?
  What time is it in New York?
  What is (19.5 - 7) * 9 / 5?
  How does timeoutGuard work?

With a key in ANTHROPIC_API_KEY, Claude itself answers, whatever you ask.`;

/** Looks for key words in each part of a question, and turns them into calls. */
export function plan(question: string): { readonly text: string; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  let places: string[] = [];
  for (const part of question.split(PARTS)) {
    const { sums, rest } = findSums(part);
    const found = findPlaces(rest);
    places = found.length > 0 ? found : places;
    calls.push(...sums.map((expression) => ({ name: 'calculate', input: { expression } })));
    if (WEATHER.test(rest)) calls.push(...places.map((city) => weather(city, rest)));
    if (TIME.test(rest)) calls.push(...(places.length > 0 ? places : [HERE]).map(time));
    const query = findName(rest);
    if (query !== undefined) calls.push({ name: 'search_docs', input: { query } });
  }
  // A question about the weather somewhere also gets the time there, and the other way round.
  const [only, second] = calls;
  const [place] = places;
  if (second === undefined && place !== undefined) {
    if (only?.name === 'get_weather') calls.push(time(place));
    if (only?.name === 'current_time' && /\p{Ll}/u.test(place)) calls.push(weather(place, 'today'));
  }
  if (calls.length === 0) return { text: NOT_UNDERSTOOD, calls };
  const text =
    calls.length === 1 ? 'Let me look that up.' : `Let me look that up: ${String(calls.length)} things at once.`;
  return { text, calls: unique(calls) };
}

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const PARTS = /[?;!]\s*|\.\s+|,?\s+(?:and\s+)?(?=(?:what|how|when|calculate|compute|search|find|tell)\b)/iu;
const WEATHER = /\b(?:weather|forecast|temperatures?|rain\w*|snow\w*|sun\w*|warm|cold|hot|wind\w*|umbrella)\b/iu;
const TIME = /\b(?:time|clock|o'clock|date)\b/iu;
const DOCS = /\b(?:rxclaude|docs?|documentation|readme|operators?|tools?|search)\b/iu;

const DAYS: readonly (readonly [RegExp, number])[] = [
  [/\bweek\b/iu, 5],
  [/\btomorrow\b/iu, 2],
  [/\b(?:today|now)\b/iu, 1],
];

function weather(place: string, words: string): Call {
  const city = place.split('/').at(-1) ?? place;
  const [, days = 3] = DAYS.find(([pattern]) => pattern.test(words)) ?? [];
  return { name: 'get_weather', input: { city, days } };
}

function time(place: string): Call {
  return { name: 'current_time', input: { place } };
}

/** What looks like arithmetic, and the text without it. */
function findSums(part: string): { readonly sums: string[]; readonly rest: string } {
  const sums: string[] = [];
  const written = part
    .replace(/(?<=\d),(?=\d{3}\b)/gu, '')
    .replace(/([\d.]+)\s*%\s*of\s*([\d.]+)/giu, '$1 / 100 * $2')
    .replace(/\b(?:divided by|over)\b|÷/giu, '/')
    .replace(/\b(?:times|multiplied by)\b|×|(?<=\d)\s*x\s*(?=\d)/giu, '*')
    .replace(/\bplus\b/giu, '+')
    .replace(/\bminus\b|−/giu, '-')
    .replace(/\b(?:the )?square root of ([\d.]+)/giu, 'sqrt($1)');
  const rest = written.replace(/(?:sqrt\(|[-(\s])*\d[\d.\s()+*/^-]*(?:sqrt\([\d.]+\)[\d.\s()+*/^-]*)*/gu, (found) => {
    const sum = found.trim();
    if (!/\d\)*\s*[-+*/^]\s*[\d(s-]|sqrt/u.test(sum)) return found;
    sums.push(sum.replace(/[-+*/^\s.(]+$/u, ''));
    return ' ';
  });
  return { sums, rest };
}

/** The places in "the weather in Rome, New York and Oslo tomorrow". */
function findPlaces(part: string): string[] {
  const [, after] = /^.*\b(?:in|at|for)\s+(.+)$/isu.exec(part) ?? [];
  const named = after ?? (part.match(/(?<=\s|^)\p{Lu}\p{L}+(?:[ /]\p{Lu}\p{L}+)*/gu) ?? []).slice(-1).join('');
  return named
    .split(/,|&|\b(?:and|or|vs|versus|than|with|compared (?:to|with))\b/iu)
    .map((name) => name.replace(NO_PLACE, ' ').replace(/\s+/gu, ' ').trim())
    .filter((name) => /^\p{L}/u.test(name) && name.length <= 40)
    .map((name) =>
      /\p{Lu}/u.test(name) ? name : name.replace(/(?<=^|\s|\/)\p{Ll}/gu, (letter) => letter.toUpperCase()),
    )
    .slice(0, 4);
}

const NO_PLACE =
  /\b(?:the|next|this|few|days?|week(?:end)?|today|tomorrow|tonight|right|now|currently|please|there|it|is|be|like|weather|forecast|time|what|how|will|celsius|degrees)\b|[^\p{L}\s/_'.-]/giu;

/** What to search for: a name from the code, or what is left of a question about the docs. */
function findName(part: string): string | undefined {
  const [name] = /\b[a-z]+[A-Z]\w*\b/u.exec(part) ?? [];
  if (name !== undefined) return name;
  if (!DOCS.test(part)) return undefined;
  const words = part.match(/[\p{L}_]{4,}/gu)?.filter((word) => !NO_TOPIC.test(word)) ?? [];
  return words.length > 0 ? words.join(' ') : 'rxclaude';
}

const NO_TOPIC =
  /^(?:what|does|docs?|documentation|readme|search|find|about|work|works|with|from|this|that|have|tell)$/iu;

function unique(calls: readonly Call[]): Call[] {
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

/** Puts the findings of the tools into sentences. */
export function answer(findings: readonly Finding[]): string {
  return findings.map(sentence).join('\n');
}

function sentence({ name, input, result }: Finding): string {
  const [first = ''] = Object.values(input).map(String);
  const found = read(result);
  if (found === undefined) return `${name} has no answer for ${first}. ${result}`;
  const values = Object.values(found).map(String);
  switch (name) {
    case 'get_weather':
      return `${first}: ${values.join('; ')}.`;
    case 'current_time': {
      const [clock = '', date = '', zone = ''] = values;
      return `In ${first} it is ${clock} on ${date} (${zone}).`;
    }
    case 'calculate':
      return `${first} = ${result}.`;
    default: {
      const [best, ...others] = values;
      if (best === undefined) return `The docs do not mention "${first}".`;
      return [`On "${first}" I found in the docs:\n\n${best}`, ...others].join('\n');
    }
  }
}

/** The tools answer with JSON; anything else is the text of an error. */
function read(result: string): object | undefined {
  try {
    return Object(JSON.parse(result)) as object;
  } catch {
    return undefined;
  }
}
