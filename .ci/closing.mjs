// The last line of the gate: Jest's own count, read from its JSON results.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './lib.mjs';

const path = join(root, 'temp/jest.json');
// Without results nothing ran: Jest itself fell over.
const results = existsSync(path) ? readJson(path) : { success: false };
const { numPassedTests: passed = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = results;
const { numPendingTests = 0, numTodoTests = 0 } = results;

// A file that could not be loaded has no tests to count, and yet it failed.
const failed = numFailedTests + numRuntimeErrorTestSuites;
const skipped = numPendingTests + numTodoTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (!results.success || passed === 0) process.exitCode = 1;
