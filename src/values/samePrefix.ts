/** How many items at the beginning of two lists are the same. */
export function samePrefix(before: readonly unknown[], after: readonly unknown[]): number {
  // V8 takes several times as long to call a function for each item of a frozen list.
  let index = 0;
  while (index < before.length && index < after.length && before[index] === after[index]) index++;
  return index;
}
