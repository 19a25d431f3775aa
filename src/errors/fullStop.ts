/** Words from elsewhere as the end of a sentence: with a full stop, where they have no such mark of their own. */
export function fullStop(words: string): string {
  return words.replace(/[^.!?]$/, '$&.');
}
