import { armIdName, armIdResourceGroup, armIdSubscription } from '../../../domain/armId.ts';
import { formatRepositoryPattern, formatSourceRepository } from '../../../domain/repositoryPattern.ts';
import type { CacheLink, ExportLanguage, RepositoryMapping } from '../../types.ts';
import { apiVersions } from '../apiVersions.ts';
import { armLiteral, armPart, armText, parameter } from '../armTemplate.ts';
import { bicepBlock, escapeBicep, quoteBicep } from '../bicep.ts';
import type { ExportDocument } from '../document.ts';
import { hclBlock, hclObject, quoteHcl } from '../hcl.ts';
import { command, quote, variable, type ShellLanguage } from '../quote.ts';
import { ruleGuard, ruleGuardDefinition } from './ruleGuard.ts';
import { armIdentityDependencies, terraformIdentity } from './identity.ts';
import { identitySymbol, isBesideDownstream, upstreamSymbol } from './names.ts';

const type = 'Microsoft.ContainerRegistry/registries/cacheRules';

/** One cache rule of the link. */
export function exportRule(
  link: CacheLink,
  mapping: RepositoryMapping,
  language: ExportLanguage,
  document: ExportDocument,
): string {
  switch (language) {
    case 'bash':
    case 'powershell':
      return shell(link, mapping, language, document);
    case 'bicep':
      return bicep(link, mapping, document);
    case 'arm':
      return arm(link, mapping, document);
    case 'terraform':
      return terraform(link, mapping, document);
  }
}

function ruleSymbol(mapping: RepositoryMapping, document: ExportDocument): string {
  return document.symbol('cacheRule', mapping.ruleName.toLowerCase());
}

/** `az acr cache create` overwrites a rule of the same name without a question (azure-cli#33911): the script asks before. */
function shell(link: CacheLink, mapping: RepositoryMapping, language: ShellLanguage, document: ExportDocument): string {
  const q = (text: string): string => quote(text, language);
  const registry = q(armIdName(link.downstream.id));
  const group = q(armIdResourceGroup(link.downstream.id));
  const subscription = q(armIdSubscription(link.downstream.id));
  const name = q(mapping.ruleName);
  const source = q(formatSourceRepository({ loginServer: link.source.loginServer, pattern: mapping.source }));
  const target = q(formatRepositoryPattern(mapping.target));
  const create = command(
    ['az', 'acr', 'cache', 'create'],
    [
      ['-r', registry],
      ['-g', group],
      ['--subscription', subscription],
      ['-n', name],
      ['-s', source],
      ['-t', target],
      ['--identity', variable('IDENTITY_RESOURCE_ID')],
    ],
    language,
  );
  const guard = [ruleGuard[language], registry, group, subscription, name, source, target].join(' ');
  return [...(document.first(ruleGuard[language]) ? [ruleGuardDefinition(language)] : []), guard, create].join('\n');
}

function bicep(link: CacheLink, mapping: RepositoryMapping, document: ExportDocument): string {
  const [identity, upstream] = [identitySymbol(link, document), upstreamSymbol(link, document)];
  const source = `\${${upstream}LoginServer}/${escapeBicep(formatRepositoryPattern(mapping.source))}`;
  return bicepBlock(`resource ${ruleSymbol(mapping, document)} '${type}@${apiVersions.cacheRule}'`, [
    'parent: registry',
    `name: ${quoteBicep(mapping.ruleName)}`,
    'identity: {',
    "  type: 'UserAssigned'",
    '  userAssignedIdentities: {',
    `    '\${${identity}.id}': {}`,
    '  }',
    '}',
    'properties: {',
    `  sourceRepository: '${source}'`,
    `  targetRepository: ${quoteBicep(formatRepositoryPattern(mapping.target))}`,
    '}',
    // A reference to an `existing` resource waits for nothing.
    ...(link.authentication.create && !isBesideDownstream(link)
      ? ['dependsOn: [', `  ${identity}Deployment`, ']']
      : []),
  ]);
}

function arm(link: CacheLink, mapping: RepositoryMapping, document: ExportDocument): string {
  const [identity, upstream] = [identitySymbol(link, document), upstreamSymbol(link, document)];
  const source = [parameter(`${upstream}LoginServer`), armLiteral(formatRepositoryPattern(mapping.source))];
  const dependsOn = armIdentityDependencies(link, document);
  return armPart({
    resources: [
      {
        type,
        apiVersion: apiVersions.cacheRule,
        name: `[format('{0}/{1}', ${parameter('registryName')}, ${armLiteral(mapping.ruleName)})]`,
        ...(dependsOn.length > 0 && { dependsOn }),
        identity: { type: 'UserAssigned', userAssignedIdentities: { [`[variables('${identity}Id')]`]: {} } },
        properties: {
          sourceRepository: `[format('{0}/{1}', ${source.join(', ')})]`,
          targetRepository: armText(formatRepositoryPattern(mapping.target)),
        },
      },
    ],
  });
}

function terraform(link: CacheLink, mapping: RepositoryMapping, document: ExportDocument): string {
  const source = formatSourceRepository({ loginServer: link.source.loginServer, pattern: mapping.source });
  return hclBlock(`resource "azapi_resource" "${ruleSymbol(mapping, document)}"`, [
    ['type', `"${type}@${apiVersions.cacheRule}"`],
    ['parent_id', 'local.registry_id'],
    ['name', quoteHcl(mapping.ruleName)],
    '',
    hclBlock('identity', [
      ['type', '"UserAssigned"'],
      ['identity_ids', `[${terraformIdentity(link, document)}.id]`],
    ]),
    '',
    [
      'body',
      hclObject([
        [
          'properties',
          hclObject([
            ['sourceRepository', quoteHcl(source)],
            ['targetRepository', quoteHcl(formatRepositoryPattern(mapping.target))],
          ]),
        ],
      ]),
    ],
  ]);
}
