// The public surface of each entry point against its reviewed golden file, api/*.api.md.
// `npm run api:update` accepts the surface as it is now; the diff of the golden files is then what a reviewer reads.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { main, root } from './lib.mjs';

const update = process.argv.includes('--update');
const entries = {
  rxclaude: 'src',
  history: 'src/history',
  codecs: 'src/codecs',
  marbles: 'marbles',
  recordings: 'marbles/recordings',
};

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
        // Types that signatures name without letting them out are part of the surface too; once is enough.
        includeForgottenExports: name === 'rxclaude',
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
          'ae-forgotten-export': { logLevel: 'none' },
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

const diff = (golden, built) => spawnSync('diff', ['-u', golden, built], { cwd: root, encoding: 'utf8' }).stdout;

await main(() => {
  for (const folder of Object.values(entries)) {
    if (!existsSync(declarations(folder))) throw new Error(`${folder}/index.d.ts is missing: run npm run build first`);
  }
  mkdirSync(join(root, 'api'), { recursive: true });

  const problems = [];
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
        if (message.logLevel === 'error') problems.push(`${name}: ${message.text} (${message.messageId})`);
      },
    });
    if (result.apiReportChanged && !update) {
      problems.push(`api/${name}.api.md is not the surface that was built; accept it with npm run api:update`);
      problems.push(diff(`api/${name}.api.md`, `temp/api/${name}.api.md`));
    }
  }

  if (problems.length > 0) throw new Error(problems.join('\n'));
});
