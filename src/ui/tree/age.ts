import * as vscode from 'vscode';

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** How long ago something was, in the user's language: `2h ago`. @param time ISO 8601; as it came if it is no date */
export function ageOf(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  if (Number.isNaN(seconds)) return time;
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { style: 'narrow', numeric: 'auto' });
  const [unit, length] = units.find(([, each]) => -seconds >= each) ?? ['second', 1];
  // Clocks differ: nothing that is there comes from the future.
  return unit === 'second' ? format.format(0, unit) : format.format(Math.ceil(seconds / length), unit);
}
