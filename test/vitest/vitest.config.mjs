// The marble kit in Vitest, with its globals and without: run by test/marbles/vitest.test.ts.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const project = (name, globals) => ({ extends: true, test: { name, globals, include: [`${name}.vitest.ts`] } });

export default defineConfig({
  root: at('test/vitest'),
  cacheDir: at('temp/vite'),
  resolve: {
    alias: [
      { find: /^rxclaude$/, replacement: at('src/index.ts') },
      { find: /^rxclaude\/marbles$/, replacement: at('marbles/index.ts') },
      { find: /^rxclaude\/marbles\/vitest$/, replacement: at('marbles/vitest.ts') },
      { find: /^rxclaude\/recordings$/, replacement: at('marbles/recordings/index.ts') },
    ],
  },
  test: { projects: [project('kit', true), project('bare', false)] },
});
