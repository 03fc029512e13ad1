import { formatImageReference } from '../../src/domain/imageReference.ts';
import { findReferences, findRuleDefinitions } from '../src/files/findings.ts';
import { checkRuleFile } from '../../src/files/rules/check.ts';
import type { DeployedRules } from '../../src/files/rules/types.ts';
import type { FoundReference, RuleDefinition, TextFile } from '../../src/files/types.ts';

/** A file as the cases have it. */
export interface FileQuestion {
  readonly path: string;
  readonly input: string;
}

/** `identity` and `credentialSet` are left out where the definition has none. */
export interface SaidRule {
  readonly name?: string;
  /** `host/path`. */
  readonly source?: string;
  readonly target?: string;
  readonly identity?: 'present' | 'unknown';
  readonly credentialSet?: 'present' | 'unknown';
}

export interface FileAnswer {
  /** In the order of the text, each formatted; with a host only where the file gives one. */
  readonly images: readonly string[];
  readonly rules: readonly SaidRule[];
  /** Codes of findings, where nothing deployed is known. */
  readonly checks: readonly string[];
}

/**
 * What this extension finds in a file. Images are those that a person would be shown: certain ones, and uncertain ones whose host ends
 * as those of registries of Azure do.
 */
export function sayImages({ path, input }: FileQuestion): FileAnswer {
  const file: TextFile = { path, text: input };
  const definitions = findRuleDefinitions(file);
  return {
    images: findReferences(file)
      .filter(isShown)
      .map(({ image }) => formatImageReference(image)),
    rules: definitions.rules.map(saidRule),
    checks: checkRuleFile(definitions, nothingDeployed).map(({ code }) => code),
  };
}

/** Nobody is signed in here: a host is known as a registry of Azure by how it ends. */
function isRegistryOfAzure(host: string): boolean {
  return /\.azurecr\.(?:io|cn|us)$/.test(host);
}

const nothingDeployed: DeployedRules = {
  rulesOf: () => undefined,
  registryOf: () => undefined,
  looksLikeRegistry: isRegistryOfAzure,
};

function isShown({ certain, image: { host } }: FoundReference): boolean {
  return certain || (host !== undefined && isRegistryOfAzure(host));
}

function saidRule({ name, source, target, identity, credentialSet }: RuleDefinition): SaidRule {
  return {
    ...(name && { name: name.value }),
    ...(source && { source: source.value }),
    ...(target && { target: target.value }),
    ...(identity !== 'missing' && { identity }),
    ...(credentialSet !== 'missing' && { credentialSet }),
  };
}
