// Two plain compiler passes, so that every source file is one module in dist/esm and one in dist/cjs.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, main, node, root } from './lib.mjs';

const dist = join(root, 'dist');

async function pass(format, type) {
  await node([bin('typescript', 'tsc'), '-p', `tsconfig.${format}.json`]);
  // Node reads `type`, and bundlers read `sideEffects`, from the nearest package.json: this one, not the package's.
  writeFileSync(join(dist, format, 'package.json'), `${JSON.stringify({ type, sideEffects: false })}\n`);
}

await main(async () => {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  await Promise.all([pass('esm', 'module'), pass('cjs', 'commonjs')]);
});
