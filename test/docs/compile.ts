import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, type Snippet } from './snippets.js';

/** What the compiler says of the snippets, each as a module of its own in the root of the project. */
export function compile(snippets: readonly Snippet[]): string[] {
  const sources = new Map(snippets.map((snippet, index) => [join(ROOT, `snippet-${String(index)}.ts`), snippet]));
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => {
    const snippet = sources.get(name);
    return snippet === undefined ? readFile(name) : `${snippet.code}\nexport {};\n`;
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([name, { where }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => `${where}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (name) => ts.sys.readFile(name)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false };
}
