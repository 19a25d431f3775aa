import { buildSync } from 'esbuild';
import type * as Arktype from 'arktype';

/** Arktype ships ES modules only, which Jest's `require` does not read: here it is as one CommonJS module. */
export const { type } = load();

function load(): typeof Arktype {
  const { outputFiles } = buildSync({
    stdin: { contents: "export * from 'arktype'", resolveDir: __dirname },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    write: false,
    logLevel: 'error',
  });
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the way in which Node itself runs a CommonJS module
  const run = new Function('module', 'exports', outputFiles[0]?.text ?? '') as (
    module: object,
    exports: object,
  ) => void;
  run(module, module.exports);
  return module.exports as typeof Arktype;
}
