// The marble kit in Vitest: run by test/marbles/vitest.test.ts.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default defineConfig({
  root: at('test/vitest'),
  cacheDir: at('temp/vite'),
  resolve: {
    alias: [
      { find: /^rxclaude$/, replacement: at('src/index.ts') },
      { find: /^rxclaude\/marbles$/, replacement: at('marbles/index.ts') },
      { find: /^rxclaude\/recordings$/, replacement: at('marbles/recordings/index.ts') },
      { find: /^rxclaude\/marbles\/vitest$/, replacement: at('marbles/vitest.ts') },
    ],
  },
  test: { globals: true, include: ['*.vitest.ts'] },
});
