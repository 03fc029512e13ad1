import { armIdKey, sameArmId } from '../../domain/armId.ts';
import type { CacheLink, ExportLanguage } from '../types.ts';
import { armJson } from './arm.ts';
import { bicepFiles } from './bicep.ts';
import { exportedLinks } from './exportedLink.ts';
import { shellScript } from './shell.ts';
import { terraformText } from './terraform.ts';
import type { ExportedFiles } from './text.ts';

/** The link as code, its parts in the order of the graph. Deterministic. */
export function exportScript(link: CacheLink, language: ExportLanguage): ExportedFiles {
  return exportRegistry([link], language);
}

/**
 * Links of one downstream registry as code. Those that share upstream, identity and access form become one, so that the identity
 * gets one role assignment whose condition names all repositories.
 * @throws RangeError for no link, or links of several downstream registries: a template is deployed to one resource group
 */
export function exportRegistry(links: readonly CacheLink[], language: ExportLanguage): ExportedFiles {
  const [first, ...others] = exportedLinks(mergeLinks(links));
  if (!first || others.some((link) => !sameArmId(link.downstream.id, first.downstream.id)))
    throw new RangeError('Links of one downstream registry are needed.');
  switch (language) {
    case 'bash':
      return [{ name: 'cache.sh', text: shellScript([first, ...others], language) }];
    case 'powershell':
      return [{ name: 'cache.ps1', text: shellScript([first, ...others], language) }];
    case 'bicep':
      return bicepFiles([first, ...others]);
    case 'arm':
      return [{ name: 'azuredeploy.json', text: armJson([first, ...others]) }];
    case 'terraform':
      return [{ name: 'main.tf', text: terraformText([first, ...others]) }];
  }
}

/** Links with the same registries, identity and access form as one link with all their mappings. */
function mergeLinks(links: readonly CacheLink[]): CacheLink[] {
  const merged = new Map<string, CacheLink>();
  for (const link of links) {
    const ids = [link.downstream.id, link.source.id, link.authentication.identityId].map(armIdKey);
    const key = [...ids, link.access].join();
    const known = merged.get(key);
    if (!known) {
      merged.set(key, link);
      continue;
    }
    const names = new Set(known.mappings.map(({ ruleName }) => ruleName.toLowerCase()));
    merged.set(key, {
      ...known,
      authentication: { ...link.authentication, ...known.authentication },
      mappings: [...known.mappings, ...link.mappings.filter(({ ruleName }) => !names.has(ruleName.toLowerCase()))],
      allowAbacSwitch: Boolean(known.allowAbacSwitch ?? link.allowAbacSwitch),
      allowFeatureRegistration: Boolean(known.allowFeatureRegistration ?? link.allowFeatureRegistration),
    });
  }
  return [...merged.values()];
}
