/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

// ts-jest only transpiles here (isolatedModules): `npm run typecheck` checks every type, once.
const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/marbles/specs/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.jest.json' }] },
  moduleNameMapper: {
    '^rxclaude$': '<rootDir>/src/index.ts',
    '^rxclaude/(history|codecs)$': '<rootDir>/src/$1/index.ts',
    '^rxclaude/marbles$': '<rootDir>/marbles/index.ts',
    '^rxclaude/marbles/(jest|vitest)$': '<rootDir>/marbles/$1.ts',
    '^rxclaude/recordings$': '<rootDir>/marbles/recordings/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

export default config;
