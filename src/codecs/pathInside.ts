import type * as t from 'io-ts';
import { checkLength } from './checkLength.js';
import { createTextCodec, unchangedBy, type CheckedText } from './createTextCodec.js';
import { nodeFileSystem } from './nodeFileSystem.js';
import { openRoot, type Root } from './openRoot.js';
import type { PathFileSystem } from './PathFileSystem.js';
import { pathProblem } from './pathProblem.js';
import { refuse } from './refuse.js';
import { ONE_LINE } from './unsafeCharacter.js';

/** How paths are looked up. */
export interface PathInsideOptions {
  /** The most characters a path may have, in UTF-16 units. Default: 4096. */
  readonly maxChars?: number;
  /** Where links are looked up. Default: Node's own file system, where there is one (Node 20.16 and later). */
  readonly fileSystem?: PathFileSystem;
}

const NAME = 'a path inside the root';

/**
 * A codec of paths that stay inside a folder. Claude writes a path relative to it; `run` gets the real, absolute one.
 *
 * ```text
 * 'src/a.ts'   '/project/src/a.ts'        '.'    '/project'
 * 'new/b.ts'   '/project/new/b.ts', whether it exists or not
 * ```
 *
 * All links on the way are followed first, so open the path that `run` gets: that is the one that was checked. An
 * absolute path is accepted only if it begins with the root's. Claude is not told where the root is.
 *
 * On every system, it refuses: `..` in any place and spelling (with `\`, percent-encoded, in look-alike letters); links
 * that lead out of the root, nowhere or in a circle; control and invisible characters; `\`, `:` and a leading `~`;
 * names that end in a dot or a space; and the names of Windows devices, such as `nul`. Other percent signs are ordinary
 * characters. So a few legal POSIX names, such as `12:30.txt` and `aux.c`, cannot be reached.
 *
 * Gotcha: the path is checked when Claude's call is decoded. If another process can write to the root, a folder may
 * become a link before the path is used; only the operating system helps against that (a container, `openat2`). Hard
 * links and mounts look like any other file, and a file may be a pipe or a device: check before reading.
 *
 * @param root The folder, which must exist. It may be a link, and its path may be relative; both are resolved once,
 * now.
 * @returns A codec from a path to its real, absolute path. Encoding returns the path relative to the root.
 * @throws OptionError when the root is not a folder, or when there is no file system.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { defineTool, describeCodec } from 'rxclaude';
 * import { pathInside } from 'rxclaude/codecs';
 * import * as t from 'io-ts';
 *
 * const readText = defineTool({
 *   name: 'read_text',
 *   description: 'Reads a text file of the project.',
 *   input: t.type({ path: describeCodec(pathInside('./project'), 'The file, relative to the root of the project') }),
 *   run: ({ path }) => readFile(path, 'utf8'),
 * });
 * ```
 */
export function pathInside(root: string, options: PathInsideOptions = {}): t.Type<string> {
  const { maxChars = 4096, fileSystem = nodeFileSystem() } = options;
  checkLength('pathInside.maxChars', maxChars);
  const opened = openRoot(root, fileSystem);
  return createTextCodec({
    name: NAME,
    schema: {
      type: 'string',
      description: 'A path relative to the root, with `/` between names and without `..`.',
      minLength: 1,
      maxLength: maxChars,
      pattern: ONE_LINE,
    },
    check: (text) =>
      text.length > maxChars ? refuse(`a path of at most ${String(maxChars)} characters`) : locate(text, opened),
    // Without the limit, because what `run` gets includes the root.
    isChecked: unchangedBy((text) => locate(text, opened)),
    encode: (path) => (opened.below(path) ?? path) || '.',
  });
}

function locate(text: string, root: Root): CheckedText {
  if (text === '') return refuse(`${NAME}; the root itself is \`.\``);
  const below = root.below(text);
  if (below === undefined) return refuse(`${NAME}, relative to it`);
  const problem = pathProblem(below);
  if (problem !== undefined) return refuse(`${NAME}, ${problem}`);
  const located = root.locate(below);
  return 'real' in located ? { _tag: 'Right', right: located.real } : refuse(`${NAME}, ${located.expected}`);
}
