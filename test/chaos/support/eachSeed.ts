/** Does something for each seed from the first to the last, so many at a time. */
export async function eachSeed(
  first: number,
  last: number,
  atOnce: number,
  work: (seed: number) => Promise<void>,
): Promise<void> {
  let next = first;
  const oneAfterAnother = async (): Promise<void> => {
    while (next <= last) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterAnother));
}
