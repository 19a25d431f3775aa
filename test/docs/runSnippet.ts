import ts from 'typescript';

/** Modules that a snippet is given in place of the real ones. */
export type Stubs = Readonly<Record<string, object>>;

/** What a snippet has written with console.log, or the message of the error that it has failed with. */
export function outputOf(code: string, stubs: Stubs = {}): string {
  const lines: string[] = [];
  const log = (...values: unknown[]) => lines.push(values.map(String).join(' '));
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  try {
    // The snippet sees what the tests see: the project by its name, and the globals of the framework.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a snippet of the documentation is a program
    const run = new Function('require', 'exports', 'console', outputText) as (...globals: unknown[]) => void;
    run((specifier: string) => stubs[specifier] ?? jest.requireActual<object>(specifier), {}, { log });
  } catch (error) {
    lines.push((error as Error).message);
  }
  return lines.join('\n');
}
