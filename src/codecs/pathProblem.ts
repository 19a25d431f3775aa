import { unsafeCharacter } from './unsafeCharacter.js';

/** Names of devices on Windows, with whatever ending: `nul`, `COM1.txt`. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)\d) *(?:\.|$)/i;

/** What is wrong with a path, and the words for it. The first that holds is told. */
const PROBLEMS: readonly (readonly [holds: (path: string) => boolean, expected: string])[] = [
  [(path) => unsafeCharacter(path) !== undefined, 'without control or invisible characters'],
  [(path) => /^(?:\.?\/)*~/.test(path), 'not one that begins with `~`'],
  [(path) => partsOf(unmask(path)).includes('..'), 'without `..`'],
  [(path) => path.includes('\\'), 'written with `/` in place of `\\`'],
  [(path) => path.includes(':'), 'without `:`'],
  [(path) => partsOf(path).some(endsOddly), 'without names that end in a dot or a space'],
  [(path) => partsOf(unmask(path)).some((part) => DEVICE.test(part)), 'without names that Windows keeps for devices'],
];

/**
 * What was expected of a path below a root, going by its text alone; `undefined` when nothing is wrong with it. The
 * rules of every system hold on every system, so that a path that is taken means the same everywhere.
 */
export function pathProblem(path: string): string | undefined {
  return PROBLEMS.find(([holds]) => holds(path))?.[1];
}

/** A path as a careless program may read it: look-alikes of dots and separators and their percent-encoding undone. */
function unmask(path: string): string {
  return path
    .normalize('NFKC')
    .replace(/%(?:25)*2e/gi, '.')
    .replace(/%(?:25)*(?:2f|5c)/gi, '/');
}

function partsOf(path: string): readonly string[] {
  return path.split(/[/\\]/);
}

/** Windows drops dots and spaces at the end of a name. A single dot only means the folder that it is in. */
function endsOddly(part: string): boolean {
  return part !== '.' && /[. ]$/.test(part);
}
