import { optionError } from '../errors/failures.js';
import type { PathFileSystem } from './PathFileSystem.js';

interface NodeGlobal {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

/**
 * Node's own file system, loaded when it is needed: an import would break the library in browsers.
 *
 * @throws OptionError when there is none, as in browsers and in Node before 20.16.
 */
export function nodeFileSystem(): PathFileSystem {
  const found = (globalThis as NodeGlobal).process?.getBuiltinModule?.('node:fs');
  if (found != null) return found as PathFileSystem;
  const expected = 'given in browsers and before Node 20.16, such as `node:fs`';
  throw optionError('pathInside.fileSystem', expected, undefined);
}
