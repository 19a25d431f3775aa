// The last line of the gate: Jest's own counts of its two runs, read from their JSON results and added up.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './lib.mjs';

// Without results nothing ran: Jest itself fell over.
const runs = ['tests', 'deep'].map((name) => {
  const path = join(root, `temp/${name}.json`);
  return existsSync(path) ? readJson(path) : { success: false };
});
const sum = (...counts) => runs.flatMap((run) => counts.map((count) => run[count] ?? 0)).reduce((a, b) => a + b);

const passed = sum('numPassedTests');
// A file that could not be loaded has no tests to count, and yet it failed.
const failed = sum('numFailedTests', 'numRuntimeErrorTestSuites');
const skipped = sum('numPendingTests', 'numTodoTests');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (!runs.every(({ success, numPassedTests }) => success && numPassedTests > 0)) process.exitCode = 1;
