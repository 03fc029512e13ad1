import type { LiteralText, TextRange } from '../types.ts';
import { readArmOutline } from './armOutline.ts';
import { treeOf } from './armTree.ts';
import { newScope, scopeAt, textOf, type Resolved, type Scope } from './expressions/evaluate.ts';
import { rememberLast } from '../text/lastRead.ts';
import { propertyOf, type Value } from './expressions/values.ts';

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
  /** What its expressions may name, and its ranges count from. */
  readonly scope: Scope;
  readonly parent?: ArmResource;
}

export interface ArmFile {
  /** Also of nested templates: outer ones before what is in them. */
  readonly resources: readonly ArmResource[];
  /** All of the template, and first what was read apart of it without being a resource. */
  readonly values: readonly Resolved[];
}

interface Parts {
  readonly resources: ArmResource[];
  /** Of resources that were read apart: what their ranges count from. */
  readonly offsets: ReadonlyMap<Value, number>;
}

/** Reads a template. Never throws. */
export const readArm = rememberLast(read);

function read(text: string): ArmFile {
  const { scalars, apart } = readArmOutline(text);
  const root = treeOf(text, scalars, apart);
  const offsets = new Map<Value, number>();
  for (const { value, offset } of apart.values()) offsets.set(value, offset);
  const scope = templateScope(root);
  const resources: ArmResource[] = [];
  addResources(propertyOf(root, 'resources'), scope, undefined, { resources, offsets });
  // Not all in the list are resources.
  for (const { body } of resources) offsets.delete(body);
  const values = [...offsets].map(([value, offset]) => ({ value, scope: scopeAt(offset, scope) }));
  return { resources, values: [...values, { value: root, scope }] };
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
  }, given?.scope.offset);
  return scope;
}

/** A list, or by symbolic names in language version 2. */
function addResources(
  resources: Value | undefined,
  scopeOfList: Scope,
  parent: ArmResource | undefined,
  found: Parts,
): void {
  const bodies =
    resources?.kind === 'list'
      ? resources.items
      : resources?.kind === 'object'
        ? resources.entries.map((entry) => entry.value)
        : [];
  for (const body of bodies) {
    const offset = found.offsets.get(body);
    const scope = offset === undefined ? scopeOfList : scopeAt(offset, scopeOfList);
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
    const children = propertyOf(body, 'resources');
    if (children) addResources(children, scope, resource, found);
    if (resource.type === 'microsoft.resources/deployments') addNested(resource, found);
  }
}

function addNested({ body, scope }: ArmResource, found: Parts): void {
  const properties = propertyOf(body, 'properties');
  const template = propertyOf(properties, 'template');
  if (!template) return;
  const evaluation = textOf(propertyOf(propertyOf(properties, 'expressionEvaluationOptions'), 'scope'), scope);
  const isInner = evaluation?.toLowerCase() === 'inner';
  const given = { values: propertyOf(properties, 'parameters'), scope };
  const inner = isInner ? templateScope(template, given) : scope;
  addResources(propertyOf(template, 'resources'), inner, undefined, found);
}
