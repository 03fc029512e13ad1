/** Reading JSON of unknown shape. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at `name`, or an empty one. */
export function objectAt(value: JsonObject, name: string): JsonObject {
  const inner = value[name];
  return isObject(inner) ? inner : {};
}

export function stringAt(value: JsonObject, name: string): string | undefined {
  const inner = value[name];
  return typeof inner === 'string' ? inner : undefined;
}

/** String to string, as ARM tags; other values are left out. */
export function stringsAt(value: JsonObject, name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(value, name)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Text of a JSON value: objects become JSON, null and undefined the empty string. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** A duration in any unit. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}
