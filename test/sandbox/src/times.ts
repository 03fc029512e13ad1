/** `2023-08-23T13:05:38.8480660Z`, as .NET writes times: with seven digits of a second. */
export function sevenDigits(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', `${String(milliseconds % 10_000).padStart(4, '0')}Z`);
}
