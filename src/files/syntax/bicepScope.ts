import type { BicepFile, BicepResource } from './bicep.ts';
import { newScope, type Scope } from './evaluate.ts';

/** Names of a Bicep file: variables, parameters by their default, and what the bodies of resources say of themselves. */
export function bicepScope(file: BicepFile): Scope {
  const resources = resourcesBySymbol(file);
  const scope: Scope = newScope(([name = '', ...rest]) => {
    const value = file.values.get(name) ?? resources.get(name)?.body;
    return value && { value, scope, rest };
  });
  return scope;
}

/** Of several with one name, as in a text that holds several files, the first. */
export function resourcesBySymbol(file: BicepFile): ReadonlyMap<string, BicepResource> {
  return new Map([...file.resources].reverse().map((resource) => [resource.symbol, resource]));
}
