import { optionError } from '../errors/failures.js';
import { isObject } from '../values/isObject.js';
import type { PathFileSystem } from './PathFileSystem.js';

/** A folder that paths must stay inside. */
export interface Root {
  /** The part of a path below the root, with `/` between names; `undefined` for an absolute path to somewhere else. */
  below(path: string): string | undefined;
  /** Where that part leads, with links followed. It must not contain `..`. */
  locate(below: string): Located;
}

/** The real path, or what was expected of the given one. */
type Located = { readonly real: string } | { readonly expected: string };

const LINK = 'not through a link that leads out of it, nowhere or in a circle';
const CLOSED = 'through folders that can be entered';

/**
 * Follows the links on the way to a root, once: if one is replaced later, the new target is outside.
 *
 * @throws OptionError when the root is not an existing folder.
 */
export function openRoot(root: string, fileSystem: PathFileSystem): Root {
  const folder = realFolder(root, fileSystem);
  const separator = folder.startsWith('/') ? '/' : '\\';
  const toNative = (path: string): string => path.replaceAll('/', separator);
  const withEnd = (path: string): string => (path.endsWith(separator) ? path : path + separator);
  const prefix = withEnd(folder);
  const prefixes = isAbsolute(root) ? [prefix, withEnd(toNative(root))] : [prefix];

  return {
    below(path) {
      const start = prefixes.find((one) => withEnd(toNative(path)).startsWith(one));
      if (start === undefined) return isAbsolute(path) ? undefined : path;
      return path.slice(start.length).replaceAll(separator, '/');
    },
    locate(below) {
      const names = below.split('/').filter((name) => name !== '' && name !== '.');
      const pathTo = (count: number): string => (count === 0 ? folder : prefix + names.slice(0, count).join(separator));
      try {
        const count = countExisting(names.length, pathTo, fileSystem);
        const real = fileSystem.realpathSync(pathTo(count));
        if (!withEnd(real).startsWith(prefix)) return { expected: LINK };
        return { real: names.slice(count).reduce((path, name) => withEnd(path) + name, real) };
      } catch (error) {
        return { expected: ['ENOENT', 'ELOOP'].includes(codeOf(error)) ? LINK : CLOSED };
      }
    },
  };
}

/** A path that starts at the root of a file system or, on Windows, at a drive. */
function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:)/.test(path);
}

function realFolder(root: unknown, fileSystem: PathFileSystem): string {
  const folder = typeof root === 'string' && root !== '' ? realOrNothing(root, fileSystem) : undefined;
  if (folder !== undefined) return folder;
  throw optionError('pathInside.root', 'the path of an existing folder', root);
}

function realOrNothing(root: string, fileSystem: PathFileSystem): string | undefined {
  try {
    const real = fileSystem.realpathSync(root);
    return fileSystem.lstatSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** How many names of a path exist already. A link exists, wherever it leads. */
function countExisting(length: number, pathTo: (count: number) => string, fileSystem: PathFileSystem): number {
  for (let count = 0; count < length; count += 1) {
    try {
      fileSystem.lstatSync(pathTo(count + 1));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return count;
      throw error;
    }
  }
  return length;
}

function codeOf(error: unknown): string {
  return isObject(error) ? String(error['code']) : '';
}
