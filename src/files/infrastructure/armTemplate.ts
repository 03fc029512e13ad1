import type { AzureResource, AzureTemplate } from './azureTemplate.ts';
import { readArmTree } from './armTree.ts';
import { newScope, textOf, type Scope } from './expressions/evaluate.ts';
import { childrenOf, propertyOf, type Value } from './expressions/values.ts';

/** Reads an ARM template, and those nested in it, as far as they can be understood. Never throws. */
export function readArm(text: string): AzureTemplate {
  const root = readArmTree(text);
  const scope = templateScope(root);
  const resources: AzureResource[] = [];
  addResources(propertyOf(root, 'resources'), scope, undefined, resources);
  // Parameters, variables, outputs.
  return { resources, values: [{ value: root, scope, names: [] }] };
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
function addResources(
  resources: Value | undefined,
  scope: Scope,
  parent: AzureResource | undefined,
  found: AzureResource[],
): void {
  for (const body of resources?.kind === 'list' || resources?.kind === 'object' ? childrenOf(resources) : []) {
    const type = propertyOf(body, 'type');
    const written = textOf(type, scope)?.toLowerCase();
    if (!type || written === undefined) continue;
    const version = propertyOf(body, 'apiVersion');
    const versionText = textOf(version, scope);
    const isConditional = propertyOf(body, 'condition') !== undefined || propertyOf(body, 'copy') !== undefined;
    const resource: AzureResource = {
      head: type.extent,
      type: parent && !written.includes('.') ? `${parent.type}/${written}` : written,
      ...(version && versionText !== undefined && { apiVersion: { range: version.extent, value: versionText } }),
      conditional: isConditional || (parent?.conditional ?? false),
      body,
      scope,
      ...(parent && { parent }),
    };
    found.push(resource);
    addResources(propertyOf(body, 'resources'), scope, resource, found);
    if (resource.type === 'microsoft.resources/deployments') addNested(resource, found);
  }
}

function addNested({ body, scope }: AzureResource, found: AzureResource[]): void {
  const properties = propertyOf(body, 'properties');
  const template = propertyOf(properties, 'template');
  if (!template) return;
  const evaluation = textOf(propertyOf(propertyOf(properties, 'expressionEvaluationOptions'), 'scope'), scope);
  const isInner = evaluation?.toLowerCase() === 'inner';
  const inner = isInner ? templateScope(template, { values: propertyOf(properties, 'parameters'), scope }) : scope;
  addResources(propertyOf(template, 'resources'), inner, undefined, found);
}
