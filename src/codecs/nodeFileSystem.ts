import { optionError } from '../errors/failures.js';
import type { PathFileSystem } from './PathFileSystem.js';

interface NodeGlobal {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

/**
 * Node's own file system. It is asked for when it is needed: an import would break the library in browsers.
 *
 * @throws OptionError where there is none, or where Node is older than 20.16 and cannot be asked.
 */
export function nodeFileSystem(): PathFileSystem {
  const found = (globalThis as NodeGlobal).process?.getBuiltinModule?.('node:fs');
  if (found != null) return found as PathFileSystem;
  const expected = 'given here, for only Node from 20.16 on has one to offer: `node:fs`, or what does the same';
  throw optionError('pathInside.fileSystem', expected, undefined);
}
