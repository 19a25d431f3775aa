/** What the SDK fails with at an `error` event in mid-stream: it has a type, and no status. */
export function overloaded(message = 'Overloaded'): Error {
  return Object.assign(new Error(message), { type: 'overloaded_error' });
}

/** A refusal by HTTP, with the headers that came with it. */
export function refused(status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`status ${status}`), { status, headers: new Headers(headers) });
}
