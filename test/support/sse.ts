/** One event as the Messages API writes it: an `event:` line that repeats the JSON's `type`, then its `data:` line. */
export function toSseEvent(event: object): string {
  const name = 'type' in event ? String(event.type) : 'message';
  return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A whole response body. An event without a `message_stop` behind it simply ends: that is how a cut looks on the wire. */
export function toSse(events: readonly object[]): string {
  return events.map(toSseEvent).join('');
}
