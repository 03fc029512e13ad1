import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { isObject } from '../../src/json.ts';
import type { JsonObject } from '../../src/json.ts';

/** `../shared/specs` beside the repository: Azure's specifications and examples. They are not part of it, so tests skip without them. */
export const specsFolder = path.resolve(import.meta.dirname, '../../../../../shared/specs');
export const hasSpecs = existsSync(specsFolder);

/** Says once why the tests of a file are skipped. */
export function sayIfSkipped(): void {
  if (!hasSpecs)
    process.stderr.write(`skipped: ${specsFolder} is absent, so there are no specifications to compare with\n`);
}

/** A document of specs/, YAML or JSON. */
export function readSpec(name: string): JsonObject {
  const text = readFileSync(path.join(specsFolder, name), 'utf8');
  const value: unknown = name.endsWith('.yaml') ? parse(text, { maxAliasCount: -1 }) : JSON.parse(text);
  if (!isObject(value)) throw new Error(`${name} is no object`);
  return value;
}

export interface Example {
  /** `folder/version/Name`. */
  readonly name: string;
  readonly parameters: JsonObject;
  readonly responses: JsonObject;
}

export function readExamples(): Example[] {
  if (!hasSpecs) return [];
  return readdirSync(path.join(specsFolder, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const value = readSpec(path.join('examples', file));
      const part = (name: string): JsonObject => (isObject(value[name]) ? value[name] : {});
      return {
        name: file.replace(/\.json$/, '').replaceAll('\\', '/'),
        parameters: part('parameters'),
        responses: part('responses'),
      };
    });
}

/**
 * Makes validators for the schemas at `pointer` of a specification. The schemas require little, so they are made strict here: a property
 * that the specification does not name is an error, unless the object is a map (tags, identities).
 */
export function createValidator(
  spec: JsonObject,
  pointer: 'components/schemas' | 'definitions',
): (schema: string) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const [first = '', second] = pointer.split('/');
  const schemas = second === undefined ? spec[first] : isObject(spec[first]) ? spec[first][second] : undefined;
  ajv.addSchema({ $id: 'spec', [first]: second === undefined ? closed(schemas) : { [second]: closed(schemas) } });
  return (schema) => ajv.compile({ $ref: `spec#/${pointer}/${schema}` });
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
  // OpenAPI 3.0 allows text beside $ref, JSON schema does not.
  if (typeof inner['$ref'] === 'string') return { $ref: inner['$ref'] };
  const hasProperties = isObject(inner['properties']) && Object.keys(inner['properties']).length > 0;
  const isSchema =
    inner['type'] === 'object' &&
    hasProperties &&
    !('allOf' in inner) &&
    !('additionalProperties' in inner) &&
    !('discriminator' in inner);
  return isSchema ? { ...inner, additionalProperties: false } : inner;
}

/** Tags are the resource's own, and a page that holds all has no next one. */
const free = ['tags', 'nextLink'];

/** What is missing or of another kind in `actual` compared with the example; null in the example stands for anything. */
export function shapeProblems(expected: unknown, actual: unknown, where = ''): string[] {
  if (expected === null || expected === undefined) return [];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${where}: no array`];
    const [sample] = expected as unknown[];
    return sample === undefined
      ? []
      : (actual as unknown[]).flatMap((item, index) => shapeProblems(sample, item, `${where}/${index}`));
  }
  if (!isObject(expected))
    return typeof actual === typeof expected ? [] : [`${where}: ${typeof actual} instead of ${typeof expected}`];
  if (!isObject(actual)) return [`${where}: no object`];
  return Object.entries(expected).flatMap(([name, value]) => {
    if (free.includes(name)) return [];
    if (name in actual) return shapeProblems(value, actual[name], `${where}/${name}`);
    return value === null ? [] : [`${where}/${name}: missing`];
  });
}
