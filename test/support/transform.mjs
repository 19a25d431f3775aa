// What Jest loads of TypeScript: esbuild only strips the types here, `npm run typecheck` checks them.
import { createHash } from 'node:crypto';
import { transformSync, version } from 'esbuild';

/** As the library is built, but for CommonJS: Jest loads ES modules behind a flag only. */
const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false },
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  sourcemap: true,
  sourcesContent: false,
};

export default {
  getCacheKey: (source, path, { configString }) =>
    createHash('sha256')
      .update([version, JSON.stringify(options), configString, path, source].join('\0'))
      .digest('hex'),
  process: (source, path) => transformSync(source, { ...options, sourcefile: path }),
};
