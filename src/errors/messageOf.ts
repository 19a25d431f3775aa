/** The words of a caught value, whatever it is. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  return Object.prototype.toString.call(error);
}
