/** The value below which this share of the numbers lies, between two of them where need be. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((left, right) => left - right);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const below = sorted[low];
  const above = sorted[Math.ceil(at)];
  return below === above ? below : below + (above - below) * (at - low);
}

export const median = (numbers) => quantile(numbers, 0.5);

/** The exponent k of y = c · x^k that fits best: 1 is linear, 2 quadratic. */
export function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const meanX = mean(logs.map(([x]) => x));
  const meanY = mean(logs.map(([, y]) => y));
  const covariance = mean(logs.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(logs.map(([x]) => (x - meanX) ** 2));
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
