/** PROTOCOL.md section 6 lists 58 cases: each has a test whose name begins with its number. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const CASES = 58;

/** The names of the tests in a piece of source, of those that are run: `it` and `it.each`. */
function namesIn(source: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isIt(node.expression)) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteralLike(name)) names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest));
  return names;
}

function isIt(callee: ts.Node): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'it';
  if (!ts.isCallExpression(callee) || !ts.isPropertyAccessExpression(callee.expression)) return false;
  const { expression, name } = callee.expression;
  return isIt(expression) && name.text === 'each';
}

const numberOf = (name: string): number => Number(/^(\d+): \S/.exec(name)?.[1]);

const files = readdirSync(__dirname).filter((file) => /^edgeCases.+\.test\.ts$/.test(file));
const sources = files.map((file) => readFileSync(join(__dirname, file), 'utf8'));
const names = sources.flatMap(namesIn);

it.each(Array.from({ length: CASES }, (_none, at) => at + 1))('case %i has a test', (number) => {
  expect(names.filter((name) => numberOf(name) === number)).not.toEqual([]);
});

it('every test of these files says which case it is about', () => {
  expect(names.filter((name) => !(numberOf(name) >= 1 && numberOf(name) <= CASES))).toEqual([]);
});

it('no case is left out for a while', () => {
  const left = /\b(it|test|describe)(\.\w+)?\.(skip|todo|only|failing)\b|\b(xit|fit|xdescribe|fdescribe)\b/;
  expect(files.filter((_file, at) => left.test(sources[at] ?? ''))).toEqual([]);
});

it('a name counts only where it is that of a test', () => {
  const tests = "it('1: a', f); it.each([1])('2: b %i', f); describe('3: c', () => { it(`6: d`, f); });";
  const others = "describe('4: e', f); it.skip('5: g', f); // it('7: h', f);\nconst name = '8: i'; it.todo('9: j');";
  expect(namesIn(tests)).toEqual(['1: a', '2: b %i', '6: d']);
  expect(namesIn(others)).toEqual([]);
});
