import { parseResourceId } from '../ids.ts';
import type { ResourceState } from '../types.ts';
import { armErrors } from './errors.ts';

type Test = (resource: ResourceState) => boolean;

/** What of a resource can be asked for; of tags, any that fits. */
const values = new Map<string, (resource: ResourceState) => readonly string[]>([
  ['location', ({ location = '' }) => [location]],
  ['name', ({ name }) => [name]],
  ['resourcegroup', ({ id }) => [parseResourceId(id)?.group ?? '']],
  ['resourcetype', ({ type }) => [type]],
  ['tagname', ({ tags = {} }) => Object.keys(tags)],
  ['tagvalue', ({ tags = {} }) => Object.values(tags)],
]);

/** `$filter` of ARM's lists: `name eq 'x'`, `ne`, `startswith(name,'x')`, `substringof('x',name)`, joined by `and`, then `or`. @throws ArmError 400 */
export function resourceFilter(filter: string): Test {
  if (filter.trim() === '') return () => true;
  const sums = filter.split(/ or /i).map((sum) => sum.split(/ and /i).map((part) => term(part.trim(), filter)));
  return (resource) => sums.some((tests) => tests.every((test) => test(resource)));
}

function term(text: string, filter: string): Test {
  const compared = /^(\w+)\s+(eq|ne)\s+'([^']*)'$/i.exec(text);
  const starts = /^startswith\((\w+)\s*,\s*'([^']*)'\)$/i.exec(text);
  const contains = /^substringof\('([^']*)'\s*,\s*(\w+)\)$/i.exec(text);
  const name = compared?.[1] ?? starts?.[1] ?? contains?.[2] ?? '';
  const wanted = (compared?.[3] ?? starts?.[2] ?? contains?.[1] ?? '').toLowerCase();
  const valuesOf = values.get(name.toLowerCase());
  if (!valuesOf)
    throw armErrors.badRequest(
      'InvalidFilterInQueryString',
      `Invalid $filter '${filter}' specified in the query string.`,
    );
  const fits = (value: string): boolean =>
    compared ? value === wanted : starts ? value.startsWith(wanted) : value.includes(wanted);
  const isNegated = compared?.[2]?.toLowerCase() === 'ne';
  return (resource) => valuesOf(resource).some((value) => fits(value.toLowerCase())) !== isNegated;
}
