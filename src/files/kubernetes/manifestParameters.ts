import { holderKey, pathKey, type Scalar } from '../yaml/scalars.ts';
import { getOrInsert } from '../text/collect.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { readImageScalar } from '../yaml/imageScalar.ts';
import { placeOf } from '../yaml/scalarReferences.ts';

/** Tekton's `$(params.x)`, also `$(params["x"])`, Argo's `{{inputs.parameters.x}}`, OpenShift's `${X}`: all of a value. */
const use =
  /^(?:\$\((?:inputs\.)?params[.[]["']?|\{\{(?:inputs|workflow)\.parameters\.|\$\{\{?)([\w.-]+)["'\])}]{1,3}$/;

/** The same, anywhere in a text. */
const mention = /(?:\$\((?:inputs\.)?params[.[]["']?|\{\{(?:inputs|workflow)\.parameters\.|\$\{\{?)([\w.-]+)/g;

const lists = new Set<string | number | undefined>(['params', 'parameters']);

/**
 * The images that parameters of a manifest have as their value or default, where an image of the same document is nothing but the
 * parameter. They keep their name where anything else has the parameter, too.
 */
export function findInParameters(
  text: string,
  scalars: readonly Scalar[],
  isImage: (scalar: Scalar) => boolean,
): readonly FoundReference[] {
  /** Where each is an image. */
  const parameters = new Map<string, TextRange[]>();
  const sites = new Set<Scalar>();
  for (const scalar of scalars) {
    const name = isImage(scalar) ? use.exec(scalar.value)?.[1] : undefined;
    if (name === undefined) continue;
    sites.add(scalar);
    getOrInsert(parameters, pathKey(scalar, [name]), () => []).push(placeOf(scalar));
  }
  if (parameters.size === 0) return [];
  const names = new Map<string, string>();
  const mentioned = new Set<string>();
  for (const scalar of scalars) {
    const { path, value } = scalar;
    if (path.at(-1) === 'name' && lists.has(path.at(-3))) names.set(holderKey(scalar), value);
    if (sites.has(scalar)) continue;
    for (const [, name = ''] of value.matchAll(mention)) mentioned.add(pathKey(scalar, [name]));
  }
  const found: FoundReference[] = [];
  for (const scalar of scalars) {
    const { path } = scalar;
    const isValue = (path.at(-1) === 'default' || path.at(-1) === 'value') && lists.has(path.at(-3));
    const name = isValue ? names.get(holderKey(scalar)) : undefined;
    if (name === undefined) continue;
    const id = pathKey(scalar, [name]);
    const known = parameters.get(id);
    const reference = known && readImageScalar(text, scalar, 'image');
    if (!reference) continue;
    const isShared = mentioned.has(id);
    const uses = [...reference.uses, ...known];
    // Of several of one name the first has them.
    parameters.set(id, []);
    found.push({ ...reference, uses, ...(isShared && { name: { kind: 'fixed', because: 'sharedVariable' } }) });
  }
  return found;
}
