/** What some work cost, in milliseconds: CPU of the whole process (the garbage collector's threads too), and wall time. */
export async function cost(work) {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, wall, result };
}

/**
 * Measures a floor and a subject in turn in this process, so that whatever slows the machine slows both.
 *
 * @param options For how many `milliseconds` to go on, the `least` and `most` pairs, for how many `warmUp` milliseconds
 * both run unmeasured before (once at least; not at all if 0), and a `check` of what the subject returned then.
 * @returns A list for each figure: `ratio` (CPU of the subject to that of the floor next to it), `cpu` and `floorCpu` in
 * milliseconds.
 */
export async function alternate(
  floor,
  subject,
  { milliseconds, least = 2, most = 50, warmUp = 300, check = () => undefined },
) {
  const warm = performance.now() + warmUp;
  for (let run = 0; warmUp > 0 && (run === 0 || performance.now() < warm); run++) {
    await floor();
    check(await subject());
  }
  const pairs = [];
  const end = performance.now() + milliseconds;
  while (pairs.length < least || (pairs.length < most && performance.now() < end)) {
    pairs.push([await cost(floor), await cost(subject)]);
  }
  return {
    ratio: pairs.map(([below, above]) => above.cpu / below.cpu),
    cpu: pairs.map(([, { cpu }]) => cpu),
    floorCpu: pairs.map(([{ cpu }]) => cpu),
  };
}

/** Fails when a contender did not do the work that its figures are for. */
export function expectSame(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: found ${String(found)}, expected ${String(expected)}`);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
