// A private helper lives with its only user: no small file of its own that one other file imports. A file is private
// when no door exports anything from it. rooms.json lists the files that broke the rule when it was made. That list may
// only get shorter: `node .ci/rooms.mjs --update` removes what is mended and never adds.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { main, readJson, root } from './lib.mjs';

/** A file with this many lines of code may have one importer. Comments, blank lines and imports do not count. */
const ENOUGH = 40;
const SHIPPED = ['src', 'operators', 'marbles'];
const LIST = join(root, '.ci/rooms.json');

/** Each shipped file: its path and its syntax tree. */
function readFiles() {
  const paths = SHIPPED.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => posix.join(folder, name)),
  ).filter((path) => path.endsWith('.ts') && !path.startsWith('marbles/specs/'));
  return new Map(
    paths.map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest)];
    }),
  );
}

/** The source files of the package's entries. */
function doors() {
  const { exports } = readJson(join(root, 'package.json'));
  return Object.values(exports).flatMap((entry) => {
    const [, path] = /^\.\/dist\/esm\/(.+)\.js$/.exec(entry.import?.default ?? '') ?? [];
    return path === undefined ? [] : [`${path}.ts`];
  });
}

const isImport = (statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);

/** The paths of our own files that a file imports, types included. */
function importsOf(path, file, wanted = isImport) {
  return file.statements.flatMap((statement) => {
    const specifier = wanted(statement) ? statement.moduleSpecifier?.text : undefined;
    return specifier?.startsWith('.') ? [posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')] : [];
  });
}

/** The number of lines with code. */
function linesOf(file) {
  const lines = new Set();
  const lineAt = (at) => file.getLineAndCharacterOfPosition(at).line;
  const visit = (node) => {
    if (ts.isJSDoc(node) || isImport(node)) return;
    const children = node.getChildren(file);
    children.forEach(visit);
    if (children.length > 0 || node.getWidth(file) === 0) return;
    for (let line = lineAt(node.getStart(file)); line <= lineAt(node.getEnd()); line++) lines.add(line);
  };
  visit(file);
  return lines.size;
}

/** The files that break the rule: path, only importer, lines of code. */
function offenders() {
  const files = readFiles();
  const open = new Set(doors());
  for (const door of open) {
    for (const path of importsOf(door, files.get(door), ts.isExportDeclaration)) open.add(path);
  }
  const importers = new Map();
  for (const [path, file] of files) {
    for (const imported of new Set(importsOf(path, file))) {
      importers.set(imported, [...(importers.get(imported) ?? []), path]);
    }
  }
  return [...files].flatMap(([path, file]) => {
    const [importer, ...others] = importers.get(path) ?? [];
    const lines = linesOf(file);
    return open.has(path) || importer === undefined || others.length > 0 || lines >= ENOUGH
      ? []
      : [{ path, importer, lines }];
  });
}

await main(() => {
  const found = offenders();
  const listed = readJson(LIST);
  const paths = found.map(({ path }) => path);
  const added = found.filter(({ path }) => !listed.includes(path));
  const mended = listed.filter((path) => !paths.includes(path));

  if (process.argv.includes('--update')) {
    const left = listed.filter((path) => paths.includes(path));
    writeFileSync(LIST, `${JSON.stringify(left, null, 2)}\n`);
  } else if (mended.length > 0) {
    throw new Error(`Mended; \`node .ci/rooms.mjs --update\` takes them off .ci/rooms.json:\n${mended.join('\n')}`);
  }
  if (added.length > 0) {
    const told = added.map(({ path, importer, lines }) => `${path}: ${lines} lines, imported by ${importer} alone`);
    throw new Error(
      `Private, one importer, fewer than ${ENOUGH} lines of code; move each into its importer:\n${told.join('\n')}`,
    );
  }
  console.log(`${found.length} small private files with one importer left`);
});
