import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const typescript = '**/*.ts';
const shipped = ['src/**/*.ts', 'operators/**/*.ts', 'adapters/**/*.ts', 'marbles/**/*.ts'];
const tests = ['test/**/*.ts', 'marbles/specs/**/*.ts'];

/** Imports that hold in neither ESM and CJS nor in the next major of RxJS. */
const imports = {
  paths: [
    { name: 'fp-ts', message: 'Its values load all of fp-ts; take the types from fp-ts/lib/….js.' },
    { name: 'rxjs/operators', message: 'Import from rxjs.' },
  ],
  patterns: [
    { regex: '^fp-ts/(?!lib/[^/]+\\.js$)', message: 'Only fp-ts/lib/….js resolves in ESM and CJS alike.' },
    { regex: '^rxjs/(internal|dist)', message: 'Import from rxjs.' },
  ],
};

/** Syntax that the library does without. */
const restricted = [
  // `export * as claude` adds one name, and says which.
  { selector: 'ExportAllDeclaration[exported=null]', message: 'Doors name what they let out.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name, the same everywhere.' },
  { selector: 'TSEnumDeclaration', message: 'A union of literals needs no code at run time.' },
  {
    selector: 'BinaryExpression[operator="instanceof"][right.name=/^(API|Anthropic|RxClaude).*Error$/]',
    message: 'ESM and CJS hold two copies of a class: compare the name, the tag or the status.',
  },
];
const noSubject = {
  selector: 'NewExpression[callee.name=/Subject$/]',
  message: 'No hidden Subject: state is per subscription.',
};

export default tseslint.config(
  // test/consumer is compiled against the packed package, by .ci/consumer.mjs.
  { ignores: ['dist', 'coverage', '**/temp*', 'test/consumer'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{mjs,cjs}'], extends: [tseslint.configs.recommended] },
  {
    files: [typescript],
    extends: [tseslint.configs.strictTypeChecked, rxjs.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // What is only a type must vanish from the output, import and all: peers are never loaded for their types.
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-restricted-imports': ['error', imports],
      // Leaving a field out of a rest object is a use of its name.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: shipped,
    ignores: tests,
    rules: {
      'max-lines': ['error', 300],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-syntax': ['error', ...restricted, noSubject],
      // All time comes from a scheduler: a timer or a clock of its own would not stand still in a marble test.
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now' }],
    },
  },
  {
    // The one Subject of a subscription: a stop. Each run of `executeTools` takes it as far as it is meant, and each round
    // of a conversation as `stopTools$`.
    files: ['operators/internal/tools/runner.ts', 'operators/internal/runConversation.ts'],
    rules: { 'no-restricted-syntax': ['error', ...restricted] },
  },
  {
    files: tests,
    rules: {
      // A test that trips over a missing value fails, which is all that it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fakes answer with promises and do nothing, and hold on to nothing.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // A rejected promise may carry anything, and that is what some tests are about.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'rxjs-x/throw-error': 'off',
      // Tests subscribe to see what happens, errors and empty streams included.
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      // Text is cut into its code points to be put together again.
      '@typescript-eslint/no-misused-spread': 'off',
      // `expect(fake.method)` looks at a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Programs talk to a terminal.
    files: ['examples/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
