// The packed tarball, as a stranger's tools see it: publint, are-the-types-wrong, and what is in it.
import { bin, main, node, pack } from './lib.mjs';

const modules = /^(dist\/(esm|cjs)\/)?(src\/|operators\/|marbles\/(?!specs\/))/;
const others =
  /^(bin\/rxclaude-marbles\.mjs|dist\/(esm|cjs)\/package\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/.+\.md)$/;

await main(async () => {
  const { tarball, files, size } = await pack();
  const stray = files.filter((path) => !(modules.test(path) || others.test(path)) || /\.(spec|test)\./.test(path));
  if (stray.length > 0) throw new Error(`These do not belong in the package:\n${stray.join('\n')}`);

  await node([bin('publint'), 'run', '--strict', tarball]);
  // The strict profile: node10 too, for TypeScript 5 resolves like that in CommonJS unless told otherwise.
  await node([
    bin('@arethetypeswrong/cli', 'attw'),
    '--profile',
    'strict',
    '--no-definitely-typed',
    '--no-emoji',
    tarball,
  ]);

  // The source maps of dist point at the sources, which are in the package once for ESM and CJS together.
  const maps = files.filter((path) => path.endsWith('.js.map'));
  const dangling = maps.filter(
    (path) => !files.includes(path.replace(/^dist\/(esm|cjs)\//, '').replace('.js.map', '.ts')),
  );
  if (dangling.length > 0) throw new Error(`Source maps without their source:\n${dangling.join('\n')}`);
  console.log(`${String(files.length)} files, ${(size / 1024).toFixed(0)} KB packed`);
});
