/**
 * The least that any client does with a reply: decodes each chunk, splits it into lines, parses the JSON of each `data:`
 * line, and keeps nothing. Synchronous, so it leaves out even the reading of a stream.
 *
 * @returns How many events there were.
 */
export function readFloor(chunks) {
  const decoder = new TextDecoder();
  let rest = '';
  let events = 0;
  for (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      JSON.parse(line.slice(5));
      events++;
    }
  }
  return events;
}
