import { resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../..');
const path = resolve(root, 'test/types/virtual.ts');

const source = `
import * as t from 'io-ts';
import { z } from 'zod';
import type { ClaudeClient, ClaudeRequest, RoundEvent } from 'rxclaude';
import { claudeStream, converse, defineTool, executeTools, jsonSchema, ofType, resumeConversation, RxClaudeError, timeoutGuard, toErrorFacts } from 'rxclaude';
import type { Observable } from 'rxjs';

declare const client: ClaudeClient;
declare const request: ClaudeRequest;
declare const events$: Observable<RoundEvent>;
declare const caught: unknown;

export const conversation$ = converse(client, request);
export const reply$ = claudeStream(client, request);
export const add = defineTool({ name: 'add', description: 'Adds.', input: t.type({ a: t.number, b: t.number }), run: ({ a, b }) => a + b });
export const look = defineTool({ name: 'look', description: 'Looks.', input: z.object({ city: z.string() }), run: ({ city }) => city });
export const raw = defineTool({
  name: 'raw',
  description: 'Raw.',
  input: jsonSchema({ type: 'object', properties: { city: { type: 'string' }, days: { type: 'number' } }, required: ['city'] }),
  run: (input) => input.city,
});
export const calls$ = events$.pipe(ofType('tool_call'));
export const resumed$ = resumeConversation(() => events$);
export const guard = timeoutGuard<RoundEvent>({ each: 5 });
export const ran = executeTools([add, look]);
export const failure = RxClaudeError.is(caught) ? caught : undefined;
export const late = RxClaudeError.is(caught, 'TimeoutGuardError') ? caught : undefined;
export const told = toErrorFacts(caught);
`;

/** What an editor shows of a name, without its docs. */
function hoverOf(name: string, nth = 0): string {
  const at = [...source.matchAll(new RegExp(`\\b${name.replace('$', '\\$')}(?![\\w$])`, 'g'))][nth]?.index;
  if (at === undefined) throw new Error(`There is no ${name}.`);
  const info = service.getQuickInfoAtPosition(path, at);
  return ts.displayPartsToString(info?.displayParts);
}

const service = startService();

function startService(): ts.LanguageService {
  const config = ts.getParsedCommandLineOfConfigFile(
    resolve(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  return ts.createLanguageService({
    getCompilationSettings: () => ({ ...config?.options, types: [] }),
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = file === path ? source : ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: (file) => (file === path ? source : ts.sys.readFile(file)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

/** The place of the use, after that of the import. */
const USE = 1;

describe('what an editor shows', () => {
  it('needs a file that compiles', () => {
    const messages = service.getSemanticDiagnostics(path).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  });

  it.each(['converse', 'defineTool', 'claudeStream', 'executeTools', 'resumeConversation', 'timeoutGuard', 'ofType'])(
    'of %s fits a screen',
    (name) => {
      const hover = hoverOf(name, USE);
      expect(hover.startsWith(`(alias) ${name}`)).toBe(true);
      expect({ hover, lines: hover.split('\n').length <= 25, characters: hover.length <= 1_000 }).toEqual({
        hover,
        lines: true,
        characters: true,
      });
    },
  );

  it.each([
    ['conversation$', 'const conversation$: Observable<RoundEvent>'],
    ['reply$', 'const reply$: Observable<ClaudeEvent | ResponseEvent>'],
    ['calls$', 'const calls$: Observable<ToolCallEvent>'],
    ['resumed$', 'const resumed$: OperatorFunction<ClaudeRequest, RoundEvent>'],
    ['guard', 'const guard: MonoTypeOperatorFunction<RoundEvent>'],
    ['ran', 'const ran: MonoTypeOperatorFunction<RoundEvent>'],
    ['failure', 'const failure: RxClaudeFailure<keyof ErrorTable> | undefined'],
    ['told', 'const told: ErrorFacts'],
  ])('of %s is a name that a newcomer can read', (name, expected) => {
    expect(hoverOf(name)).toBe(expected);
  });

  it('of one error are its tag and its facts', () => {
    expect(hoverOf('late')).toMatch(
      /^const late: \(RxClaudeError<"TimeoutGuardError"> & \{\s*readonly limit: TimeoutLimit;\s*readonly milliseconds: number;\s*\}\)/,
    );
  });

  it.each([
    ['add', /^const add: Tool<\{\s*a: number;\s*b: number;\s*\}, number>$/],
    ['look', /^const look: Tool<\{\s*city: string;\s*\}, string>$/],
    ['raw', /^const raw: Tool<.*city: string.*, string>$/s],
  ])('of the tool %s are its input and its output', (name, expected) => {
    expect(hoverOf(name)).toMatch(expected);
  });
});
