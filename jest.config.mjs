/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // By default Jest leaves one core idle, which is half of two.
  maxWorkers: '100%',
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/marbles/specs/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/transform.mjs' },
  moduleNameMapper: {
    '^rxclaude$': '<rootDir>/src/index.ts',
    '^rxclaude/(history|codecs)$': '<rootDir>/src/$1/index.ts',
    '^rxclaude/marbles$': '<rootDir>/marbles/index.ts',
    '^rxclaude/marbles/(jest|vitest)$': '<rootDir>/marbles/$1.ts',
    '^rxclaude/recordings$': '<rootDir>/marbles/recordings/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
