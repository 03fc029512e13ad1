import { each, type Sliced } from '../slices.ts';
import type { Scalar } from '../syntax/scalars.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { readImageScalar } from './imageScalar.ts';
import { placeOf } from './scalarReferences.ts';

/** All of a value: Tekton's `$(params.x)`, Argo's `{{inputs.parameters.x}}`, OpenShift's `${X}`. */
const use =
  /^(?:\$\((?:inputs\.)?params(?:\.([\w-]+)|\[["']([\w.-]+)["']\])\)|\{\{(?:inputs|workflow)\.parameters\.([\w-]+)\}\}|\$\{\{?(\w+)\}?\})$/;

const lists = new Set<string | number | undefined>(['params', 'parameters']);

interface Parameter {
  /** Where it is an image. */
  readonly uses: TextRange[];
  /** How it is written there. */
  readonly written: Set<string>;
}

/**
 * The images that parameters of a manifest have as their value or default, where an image of the same document is nothing but the
 * parameter. They keep their name where anything else has the parameter, too.
 */
export function* findInParameters(
  text: string,
  scalars: readonly Scalar[],
  isImage: (scalar: Scalar) => boolean,
): Sliced<readonly FoundReference[]> {
  const parameters = new Map<string, Parameter>();
  const sites = new Set<Scalar>();
  yield* each(scalars, (scalar) => {
    const name = isImage(scalar) ? use.exec(scalar.value)?.slice(1).find(Boolean) : undefined;
    if (name === undefined) return;
    sites.add(scalar);
    const id = idOf(scalar, [name]);
    const known = parameters.get(id) ?? { uses: [], written: new Set<string>() };
    parameters.set(id, known);
    known.uses.push(placeOf(scalar));
    known.written.add(scalar.value);
  });
  if (parameters.size === 0) return [];
  const names = new Map<string, string>();
  const others: string[] = [];
  yield* each(scalars, (scalar) => {
    const { path, value } = scalar;
    if (path.at(-1) === 'name' && lists.has(path.at(-3))) names.set(idOf(scalar, path.slice(0, -1)), value);
    if (/[$}]/.test(value) && !sites.has(scalar)) others.push(value);
  });
  const found: FoundReference[] = [];
  yield* each(scalars, (scalar) => {
    const { path } = scalar;
    const isValue = (path.at(-1) === 'default' || path.at(-1) === 'value') && lists.has(path.at(-3));
    const name = isValue ? names.get(idOf(scalar, path.slice(0, -1))) : undefined;
    const parameter = name === undefined ? undefined : parameters.get(idOf(scalar, [name]));
    const reference = parameter && readImageScalar(text, scalar, 'image');
    if (!reference) return;
    const isShared = others.some((value) => [...parameter.written].some((written) => value.includes(written)));
    const uses = [...reference.uses, ...parameter.uses];
    found.push({ ...reference, uses, ...(isShared && { name: { kind: 'fixed', because: 'sharedVariable' } }) });
  });
  return found;
}

function idOf({ document }: Scalar, path: Scalar['path']): string {
  return JSON.stringify([document, ...path]);
}
