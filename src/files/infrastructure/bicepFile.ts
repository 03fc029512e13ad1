import { readBicepStatements, type WrittenResource } from './bicep.ts';
import { newScope, scopeAt, type NamedValue, type Resolved, type Scope } from './expressions/evaluate.ts';
import { rememberLast } from '../text/lastRead.ts';

/** A `resource` of a Bicep file. */
export interface BicepResource extends WrittenResource {
  /** Of all of it, and of its parent. */
  readonly scope: Scope;
}

export interface BicepFile {
  /** In the order of the text, children behind their parents. */
  readonly resources: readonly BicepResource[];
  /** Of several with one name, as in a text that holds several files, the first. */
  readonly bySymbol: ReadonlyMap<string, BicepResource>;
  /** All values but the bodies of resources. */
  readonly values: readonly NamedValue[];
}

/** Reads a Bicep file as far as it can be understood. Never throws. */
export const readBicep = rememberLast(read);

function read(text: string): BicepFile {
  const resources: BicepResource[] = [];
  const bySymbol = new Map<string, BicepResource>();
  const values: NamedValue[] = [];
  /** Variables, and parameters by their default. */
  const named = new Map<string, Resolved>();
  const scopeOfFile = newScope(([name = '', ...rest]) => {
    const resource = bySymbol.get(name);
    const found = named.get(name) ?? (resource && { value: resource.body, scope: resource.scope, isResource: true });
    return found && { ...found, rest };
  });
  /** Of the file that these are parameters for. */
  let paths: readonly string[] = [];
  for (const { offset, made } of readBicepStatements(text)) {
    const scope = scopeAt(offset, scopeOfFile);
    for (const { names, value } of made.others) {
      if (names[0] === 'using') paths = names;
      values.push({ value, scope, names });
    }
    for (const { name, value } of made.definitions) {
      const definition = { value, scope };
      values.push({ ...definition, names: [...paths, name] });
      if (!named.has(name)) named.set(name, definition);
    }
    for (const written of made.resources) {
      const resource = { ...written, scope };
      resources.push(resource);
      if (!bySymbol.has(written.symbol)) bySymbol.set(written.symbol, resource);
    }
  }
  return { resources, bySymbol, values };
}
