import { each, type Sliced } from '../slices.ts';
import type { Scalar } from '../syntax/scalars.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { readImageScalar } from './imageScalar.ts';
import { placeOf } from './scalarReferences.ts';

/** All of a value: Tekton's `$(params.x)`, Argo's `{{inputs.parameters.x}}`, OpenShift's `${X}`. */
const use =
  /^(?:\$\((?:inputs\.)?params(?:\.([\w-]+)|\[["']([\w.-]+)["']\])\)|\{\{(?:inputs|workflow)\.parameters\.([\w-]+)\}\}|\$\{\{?(\w+)\}?\})$/;

/** The same, anywhere in a text. */
const mention = /\$\((?:inputs\.)?params[^)$]+\)|\{\{(?:inputs|workflow)\.[^{}]+\}\}|\$\{\{?\w+\}?\}/g;

const lists = new Set<string | number | undefined>(['params', 'parameters']);

/**
 * The images that parameters of a manifest have as their value or default, where an image of the same document is nothing but the
 * parameter. They keep their name where anything else has the parameter, too.
 */
export function* findInParameters(
  text: string,
  scalars: readonly Scalar[],
  isImage: (scalar: Scalar) => boolean,
): Sliced<readonly FoundReference[]> {
  /** Where each is an image. */
  const parameters = new Map<string, TextRange[]>();
  const sites = new Set<Scalar>();
  yield* each(scalars, (scalar) => {
    const name = isImage(scalar) ? nameIn(scalar.value) : undefined;
    if (name === undefined) return;
    sites.add(scalar);
    const id = idOf(scalar, [name]);
    const known = parameters.get(id) ?? [];
    parameters.set(id, known);
    known.push(placeOf(scalar));
  });
  if (parameters.size === 0) return [];
  const names = new Map<string, string>();
  const mentioned = new Set<string>();
  yield* each(scalars, (scalar) => {
    const { path, value } = scalar;
    if (path.at(-1) === 'name' && lists.has(path.at(-3))) names.set(idOf(scalar, path.slice(0, -1)), value);
    if (sites.has(scalar)) return;
    for (const [written] of value.matchAll(mention)) mentioned.add(idOf(scalar, [nameIn(written) ?? '']));
  });
  const found: FoundReference[] = [];
  yield* each(scalars, (scalar) => {
    const { path } = scalar;
    const isValue = (path.at(-1) === 'default' || path.at(-1) === 'value') && lists.has(path.at(-3));
    const name = isValue ? names.get(idOf(scalar, path.slice(0, -1))) : undefined;
    const id = idOf(scalar, [name ?? '']);
    const known = parameters.get(id);
    const reference = known && readImageScalar(text, scalar, 'image');
    if (!reference) return;
    const isShared = mentioned.has(id);
    const uses = [...reference.uses, ...known];
    // Of several of one name the first has them.
    parameters.set(id, []);
    found.push({ ...reference, uses, ...(isShared && { name: { kind: 'fixed', because: 'sharedVariable' } }) });
  });
  return found;
}

/** The name of the parameter that is all of a value. */
function nameIn(value: string): string | undefined {
  return use.exec(value)?.slice(1).find(Boolean);
}

function idOf({ document }: Scalar, path: Scalar['path']): string {
  return JSON.stringify([document, ...path]);
}
