// What a named import costs in a bundle, and what must not come along with it.
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { main, readJson, root } from './lib.mjs';

const { name, exports, peerDependencies } = readJson(join(root, 'package.json'));

/** The bundle of one import, from dist/esm as a bundler resolves it, without the peers. */
async function bundle(names, from) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names} } from '${from}';`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    // Node's own builtins are not external here: an import of one breaks the build, as it would in a front end.
    external: Object.keys(peerDependencies),
    alias: Object.fromEntries(
      Object.entries(exports)
        .filter(([, target]) => target.import)
        .map(([entry, target]) => [join(name, entry), join(root, target.import.default)]),
    ),
  });
  const [{ contents }] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const imports = output.imports.map(({ path }) => path);
  return { brotli: brotliCompressSync(contents).length, inputs: inputs.map(([path]) => path), imports };
}

const validator = ({ inputs }) => inputs.some((path) => path.includes('@cfworker/json-schema'));

/** What is wrong with a bundle; `undefined` when nothing is. Budgets are in bytes, minified and compressed by brotli. */
function judge({ brotli, inputs, imports }, from, budget) {
  if (brotli > budget) return `is ${brotli} B, ${brotli - budget} B over its budget:\n${inputs.join('\n')}`;
  if (validator({ inputs })) return 'brings the JSON Schema validator along';
  const kit = inputs.find((path) => path.includes('/marbles/'));
  if (kit && !/\/(marbles|recordings)$/.test(from)) return `brings the marble kit along: ${kit}`;
  const sdk = imports.find((path) => path.startsWith('@anthropic-ai/sdk'));
  return sdk && `loads ${sdk}, which a program over fetchClient does not have`;
}

await main(async () => {
  const budgets = readJson(join(root, '.ci/budgets.json'));
  const problems = [];
  for (const [from, names] of Object.entries(budgets)) {
    for (const [imported, budget] of Object.entries(names)) {
      const result = await bundle([imported], from);
      console.log(`${imported} from ${from}: ${result.brotli} of ${budget} B, ${result.inputs.length} modules`);
      const problem = judge(result, from, budget);
      if (problem) problems.push(`import { ${imported} } from '${from}' ${problem}`);
    }
  }
  if (!validator(await bundle(['jsonSchema'], name))) problems.push('jsonSchema has lost the JSON Schema validator');
  if (problems.length > 0) throw new Error(problems.join('\n'));
});
