// The public surface of each entry point against its reviewed golden file, api/*.api.md.
// `npm run api:update` accepts the surface as it is now; the diff of the golden files is then what a reviewer reads.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { main, root } from './lib.mjs';

const update = process.argv.includes('--update');
const entries = { rxclaude: 'src', operators: 'operators', marbles: 'marbles' };

const declarations = (folder) => join(root, 'dist/esm', folder, 'index.d.ts');

function configOf(name) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations(entries[name]),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'],
            module: 'NodeNext',
            moduleResolution: 'NodeNext',
            strict: true,
            skipLibCheck: true,
            types: [],
          },
          files: Object.values(entries).map(declarations),
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(root, 'api'),
        reportTempFolder: join(root, 'temp/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'error' },
          'ae-forgotten-export': { logLevel: 'warning' },
          // No release tags: what a door lets out is public. And links across entry points are fine.
          'ae-missing-release-tag': { logLevel: 'none' },
          'ae-unresolved-link': { logLevel: 'none' },
          'ae-undocumented': { logLevel: 'none' },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
}

/** The names that an entry point lets out, read from its report. */
function exportsIn(report) {
  const text = readFileSync(report, 'utf8');
  const declared = text.matchAll(
    /^export (?:declare |abstract )*(?:class|const|function|interface|let|namespace|type) (\w+)/gm,
  );
  const listed = [...text.matchAll(/^export \{ (\w+) \}/gm)];
  return new Set([...declared, ...listed].map(([, name]) => name));
}

await main(() => {
  for (const folder of Object.values(entries)) {
    if (!existsSync(declarations(folder))) throw new Error(`${folder}/index.d.ts is missing: run npm run build first`);
  }
  mkdirSync(join(root, 'api'), { recursive: true });

  const problems = [];
  const forgotten = new Map();
  const configs = Object.keys(entries).map((name) => [name, configOf(name)]);
  // One program for all three entry points: analysing the types of the SDK is what takes the time.
  const compilerState = CompilerState.create(configs[0][1], {
    additionalEntryPoints: Object.values(entries).map(declarations),
  });

  for (const [name, config] of configs) {
    const result = Extractor.invoke(config, {
      compilerState,
      localBuild: update,
      messageCallback: (message) => {
        message.handled = true;
        if (message.messageId === 'ae-forgotten-export') {
          forgotten.set(/"(\w+)"/.exec(message.text)?.[1] ?? message.text, name);
        } else if (message.logLevel === 'error') {
          problems.push(`${name}: ${message.text} (${message.messageId})`);
        }
      },
    });
    if (result.apiReportChanged && !update) {
      problems.push(`api/${name}.api.md is not the surface that was built. Read the change, then: npm run api:update`);
    }
  }

  // A type that a signature names must have a door; the main one will do for all.
  const exported = exportsIn(join(root, 'temp/api/rxclaude.api.md'));
  for (const [name, entry] of forgotten) {
    if (!exported.has(name)) problems.push(`${entry}: ${name} is in a public signature but is not exported`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
});
