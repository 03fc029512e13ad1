import type { Sliced } from '../slices.ts';
import type { LiteralText, TextRange } from '../types.ts';
import { armValue } from './armExpression.ts';
import { newScope, textOf, type Scope } from './evaluate.ts';
import type { Scalar } from './scalars.ts';
import { propertyOf, type Entry, type Value } from './values.ts';

/** A resource of an ARM template, or of one nested in it. */
export interface ArmResource {
  /** Where its type is written. */
  readonly head: TextRange;
  /** From its first scalar to its last. */
  readonly extent: TextRange;
  /** `microsoft.x/y`, in lower case; of a child resource with its parent's. */
  readonly type: string;
  readonly apiVersion?: LiteralText;
  /** It is not always there, or there are many of it: `condition`, `copy`. */
  readonly conditional: boolean;
  readonly body: Value;
  /** What its expressions may name. */
  readonly scope: Scope;
  readonly parent?: ArmResource;
}

/** Deeper ones are left out, as is what lies in them. */
const maxDepth = 100;
const scalarsPerSlice = 2000;

/** A template and those nested in it, and their resources: outer ones before what is in them. */
export interface ArmFile {
  readonly templates: readonly { readonly value: Value; readonly scope: Scope }[];
  readonly resources: readonly ArmResource[];
}

interface Parts {
  readonly templates: { value: Value; scope: Scope }[];
  readonly resources: ArmResource[];
}

/** By all that a text says: its images and its cache rules are looked for one after the other. */
const known = new WeakMap<readonly Scalar[], ArmFile>();

/** Reads a template from the scalars of its JSON. Never throws. */
export function* readArm(text: string, scalars: readonly Scalar[]): Sliced<ArmFile> {
  const before = known.get(scalars);
  if (before) return before;
  const found: Parts = { templates: [], resources: [] };
  const root = yield* treeOf(text, scalars);
  yield* addTemplate(root, templateScope(root), found);
  known.set(scalars, found);
  return found;
}

function* addTemplate(value: Value, scope: Scope, found: Parts): Sliced<void> {
  // What an expression gives is no template that is written here.
  if (value.kind === 'object' || value.kind === 'list') found.templates.push({ value, scope });
  yield* addResources(propertyOf(value, 'resources'), scope, undefined, found);
}

/** An object or list whose end is not reached yet. */
interface OpenValue {
  readonly key: string | number;
  readonly entries: Entry[];
  isList: boolean;
}

/** The scalars of one object or list follow each other, as they are in the order of the text. */
function* treeOf(text: string, scalars: readonly Scalar[]): Sliced<Value> {
  const root: OpenValue = { key: '', entries: [], isList: false };
  const open: OpenValue[] = [];
  const innermost = (): OpenValue => open.at(-1) ?? root;
  const close = (): void => {
    const closed = open.pop();
    if (closed) add(innermost(), closed.key, valueOf(closed));
  };
  for (const [index, scalar] of scalars.entries()) {
    if (index % scalarsPerSlice === scalarsPerSlice - 1) yield;
    const { path, keyRange } = scalar;
    const key = path.at(-1);
    if (key === undefined || path.length > maxDepth) continue;
    let shared = 0;
    while (shared < open.length && shared < path.length - 1 && open[shared]?.key === path[shared]) shared++;
    while (open.length > shared) close();
    for (const outer of path.slice(shared, -1)) open.push({ key: outer, entries: [], isList: false });
    add(innermost(), key, scalarValue(text, scalar), keyRange);
  }
  while (open.length > 0) close();
  return valueOf(root);
}

function add(to: OpenValue, key: string | number, value: Value, keyRange = value.extent): void {
  to.isList = typeof key === 'number';
  to.entries.push({ key: String(key), keyRange, value });
}

function valueOf({ entries, isList }: OpenValue): Value {
  const [first, last] = [entries[0]?.value.extent, entries.at(-1)?.value.extent];
  const extent = { start: first?.start ?? 0, end: last?.end ?? 0 };
  return isList
    ? { kind: 'list', extent, items: entries.map((entry) => entry.value), inside: [], looped: false }
    : { kind: 'object', extent, entries, open: false };
}

function scalarValue(text: string, { value, range, literal }: Scalar): Value {
  // Numbers, booleans and null are scalars too.
  if (text[range.start - 1] === '"' || text[range.start - 1] === "'") return armValue(value, range, literal);
  return value === 'null' ? { kind: 'null', extent: range } : { kind: 'other', extent: range, inside: [] };
}

/** `parameters('x')` is its default, or what a deployment gives to its inner template; `variables('x')` is what is written. */
function templateScope(template: Value, given?: { values: Value | undefined; scope: Scope }): Scope {
  const [parameters, variables] = [propertyOf(template, 'parameters'), propertyOf(template, 'variables')];
  const scope: Scope = newScope(([kind, name = '', ...rest]) => {
    if (kind === 'variables') {
      const value = propertyOf(variables, name);
      return value && { value, scope, rest };
    }
    const passed = propertyOf(propertyOf(given?.values, name), 'value');
    if (given && passed) return { value: passed, scope: given.scope, rest };
    const value = propertyOf(propertyOf(parameters, name), 'defaultValue');
    return value && { value, scope, rest };
  });
  return scope;
}

/** A list, or by symbolic names in language version 2. */
function* addResources(
  resources: Value | undefined,
  scope: Scope,
  parent: ArmResource | undefined,
  found: Parts,
): Sliced<void> {
  const bodies =
    resources?.kind === 'list'
      ? resources.items
      : resources?.kind === 'object'
        ? resources.entries.map((entry) => entry.value)
        : [];
  for (const body of bodies) {
    const typeValue = propertyOf(body, 'type');
    const written = textOf(typeValue, scope)?.toLowerCase();
    if (!typeValue || written === undefined) continue;
    const version = propertyOf(body, 'apiVersion');
    const versionText = textOf(version, scope);
    const resource: ArmResource = {
      head: typeValue.extent,
      extent: body.extent,
      type: parent && !written.includes('.') ? `${parent.type}/${written}` : written,
      ...(version && versionText !== undefined && { apiVersion: { range: version.extent, value: versionText } }),
      conditional:
        propertyOf(body, 'condition') !== undefined ||
        propertyOf(body, 'copy') !== undefined ||
        (parent?.conditional ?? false),
      body,
      scope,
      ...(parent && { parent }),
    };
    found.resources.push(resource);
    yield;
    yield* addResources(propertyOf(body, 'resources'), scope, resource, found);
    if (resource.type === 'microsoft.resources/deployments') yield* addNested(resource, found);
  }
}

function* addNested({ body, scope }: ArmResource, found: Parts): Sliced<void> {
  const properties = propertyOf(body, 'properties');
  const template = propertyOf(properties, 'template');
  if (!template) return;
  const evaluation = textOf(propertyOf(propertyOf(properties, 'expressionEvaluationOptions'), 'scope'), scope);
  const isInner = evaluation?.toLowerCase() === 'inner';
  const inner = isInner ? templateScope(template, { values: propertyOf(properties, 'parameters'), scope }) : scope;
  yield* addTemplate(template, inner, found);
}
