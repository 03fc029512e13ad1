/** The middle value; of an even number the lower of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The least value that so many per cent of the values do not exceed. NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN;
}
