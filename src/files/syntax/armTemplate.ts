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

/** A template and those nested in it, and their resources: outer ones before what is in them. */
export interface ArmFile {
  readonly templates: readonly { readonly value: Value; readonly scope: Scope }[];
  readonly resources: readonly ArmResource[];
}

interface Parts {
  readonly templates: { value: Value; scope: Scope }[];
  readonly resources: ArmResource[];
}

/** Reads a template from the scalars of its JSON. Never throws. */
export function readArm(text: string, scalars: readonly Scalar[]): ArmFile {
  const found: Parts = { templates: [], resources: [] };
  const root = treeOf(text, scalars);
  addTemplate(root, templateScope(root), found);
  return found;
}

function addTemplate(value: Value, scope: Scope, found: Parts): void {
  found.templates.push({ value, scope });
  addResources(propertyOf(value, 'resources'), scope, undefined, found);
}

interface Node {
  readonly children: Map<string | number, Node>;
  readonly keyRange?: TextRange;
  scalar?: Scalar;
}

function treeOf(text: string, scalars: readonly Scalar[]): Value {
  const root: Node = { children: new Map() };
  for (const scalar of scalars) {
    if (scalar.path.length > maxDepth || scalar.path.length === 0) continue;
    let node = root;
    for (const key of scalar.path) {
      const child = node.children.get(key) ?? {
        children: new Map(),
        ...(scalar.keyRange && { keyRange: scalar.keyRange }),
      };
      node.children.set(key, child);
      node = child;
    }
    node.scalar ??= scalar;
  }
  return valueOf(text, root);
}

function valueOf(text: string, { scalar, children }: Node): Value {
  if (scalar && children.size === 0) return scalarValue(text, scalar);
  const values = [...children].map(([key, child]) => ({ key, child, value: valueOf(text, child) }));
  const extent = {
    start: values[0]?.value.extent.start ?? 0,
    end: Math.max(values[0]?.value.extent.end ?? 0, ...values.slice(-1).map(({ value }) => value.extent.end)),
  };
  if (values.every(({ key }) => typeof key === 'number'))
    return { kind: 'list', extent, items: values.map(({ value }) => value), inside: [], looped: false };
  const entries = values.map(({ key, child, value }): Entry => ({
    key: String(key),
    keyRange: child.keyRange ?? value.extent,
    value,
  }));
  return { kind: 'object', extent, entries, open: false };
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
function addResources(resources: Value | undefined, scope: Scope, parent: ArmResource | undefined, found: Parts): void {
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
    addResources(propertyOf(body, 'resources'), scope, resource, found);
    if (resource.type === 'microsoft.resources/deployments') addNested(resource, found);
  }
}

function addNested({ body, scope }: ArmResource, found: Parts): void {
  const properties = propertyOf(body, 'properties');
  const template = propertyOf(properties, 'template');
  if (!template) return;
  const evaluation = textOf(propertyOf(propertyOf(properties, 'expressionEvaluationOptions'), 'scope'), scope);
  const isInner = evaluation?.toLowerCase() === 'inner';
  const inner = isInner ? templateScope(template, { values: propertyOf(properties, 'parameters'), scope }) : scope;
  addTemplate(template, inner, found);
}
