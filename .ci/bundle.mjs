// What a named import costs in a bundle, and what must not come along with it.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
  const [{ contents, text }] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { bytes: contents.length, gzip: gzipSync(contents).length, text, inputs: inputs.map(([path]) => path) };
}

const validator = (inputs) => inputs.some((path) => path.includes('@cfworker/json-schema'));

await main(async () => {
  const problems = [];
  const report = async (names, from, judge) => {
    const result = await bundle(names, from);
    console.log(`${names} from ${from}: ${result.bytes} B, ${result.gzip} B gzipped, ${result.inputs.length} modules`);
    const problem = judge(result);
    if (problem) problems.push(`import { ${names} } from '${from}': ${problem}`);
  };

  await report('converse', name, ({ inputs }) => validator(inputs) && 'brings the JSON Schema validator along');
  await report('jsonSchema', name, ({ inputs }) => !validator(inputs) && 'has lost the JSON Schema validator');
  for (const from of [name, `${name}/operators`]) {
    await report(
      'textDeltas',
      from,
      ({ bytes, inputs }) => bytes > 1024 && `is more than one operator:\n${inputs.join('\n')}`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
});
