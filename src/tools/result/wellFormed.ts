/** Replaces halves of surrogate pairs, which the API refuses; a cut or a careless tool leaves one. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
