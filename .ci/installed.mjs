// Says, by its exit code, whether node_modules holds what package-lock.json asks for.
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { readJson, root } from './lib.mjs';

const wanted = readJson(join(root, 'package-lock.json')).packages;
const manifest = readJson(join(root, 'package.json'));

/** npm leaves a record of what it installed; packages for other platforms are not in it. */
function isInstalled() {
  const { packages: found } = readJson(join(root, 'node_modules/.package-lock.json'));
  return (
    Object.entries(wanted).every(
      ([path, { integrity, optional }]) =>
        path === '' || (found[path] ? found[path].integrity === integrity : optional === true),
    ) && Object.keys(found).every((path) => path in wanted)
  );
}

/** `npm ci` refuses a lock that package.json has left behind, so let it speak. */
const isCurrent = ['dependencies', 'devDependencies', 'peerDependencies'].every((key) =>
  isDeepStrictEqual(wanted[''][key], manifest[key]),
);

try {
  process.exitCode = isCurrent && isInstalled() ? 0 : 1;
} catch {
  process.exitCode = 1;
}
