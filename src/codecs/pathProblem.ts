import { unsafeCharacter } from './unsafeCharacter.js';

/** Names of Windows devices, with any extension: `nul`, `COM1.txt`. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)\d) *(?:\.|$)/i;

/** What can be wrong with a path, and what was expected. The first that applies is reported. */
const PROBLEMS: readonly (readonly [holds: (path: string) => boolean, expected: string])[] = [
  [(path) => unsafeCharacter(path) !== undefined, 'without control or invisible characters'],
  [(path) => /^(?:\.?\/)*~/.test(path), 'without a leading `~`'],
  [(path) => partsOf(unmask(path)).includes('..'), 'without `..`'],
  [(path) => path.includes('\\'), 'with `/` instead of `\\`'],
  [(path) => path.includes(':'), 'without `:`'],
  [(path) => partsOf(path).some(endsOddly), 'without names that end in a dot or a space'],
  [(path) => partsOf(unmask(path)).some((part) => DEVICE.test(part)), 'without names of Windows devices'],
];

/**
 * What was expected of a path below a root, judged by its text alone; `undefined` when nothing is wrong. The rules of
 * all systems apply on every system, so that an accepted path means the same everywhere.
 */
export function pathProblem(path: string): string | undefined {
  return PROBLEMS.find(([holds]) => holds(path))?.[1];
}

/** A path as a careless program may read it: look-alike and percent-encoded dots and separators are replaced. */
function unmask(path: string): string {
  return path
    .normalize('NFKC')
    .replace(/%(?:25)*2e/gi, '.')
    .replace(/%(?:25)*(?:2f|5c)/gi, '/');
}

function partsOf(path: string): readonly string[] {
  return path.split(/[/\\]/);
}

/** Windows drops dots and spaces at the end of a name. A single dot is just the current folder. */
function endsOddly(part: string): boolean {
  return part !== '.' && /[. ]$/.test(part);
}
