import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName, armIdResourceGroup, armIdSubscription } from '../../../domain/armId.ts';
import { replacingRoles, type Role } from '../../../domain/roles.ts';
import type { CacheLink, ExportLanguage, KeptAccess } from '../../types.ts';
import { armPart } from '../armTemplate.ts';
import { apiVersions } from '../apiVersions.ts';
import { commentOf } from '../comment.ts';
import type { ExportDocument } from '../document.ts';
import { hclBlock, hclObject, quoteHcl, type HclEntry } from '../hcl.ts';
import { command, quote, type ShellLanguage } from '../quote.ts';
import { upstreamSymbol } from './names.ts';

/** The switch of the upstream registry to ABAC mode: done only if the user agreed to it, else told. */
export function exportAbacMode(
  link: CacheLink,
  language: ExportLanguage,
  document: ExportDocument,
): string | undefined {
  if (!document.first(`abacMode ${armIdKey(link.source.id)}`)) return undefined;
  const name = armIdName(link.source.id);
  const about = l10n.t(
    '{0} must be in ABAC mode. The switch ends AcrPull, AcrPush and AcrDelete there and every login made before; if that is right:',
    name,
  );
  const isShell = language === 'bash' || language === 'powershell';
  if (isShell && link.allowAbacSwitch) {
    const [words, options] = switchCommand(link, language);
    return command(words, options, language);
  }
  if (language === 'terraform' && link.allowAbacSwitch) {
    const kept = (link.keepAccess ?? []).flatMap(({ principalId, roleIds }) =>
      replacingRoles
        .filter(({ id }) => roleIds.includes(id))
        .map((role) => `azurerm_role_assignment.${keptSymbol(link, principalId, role, document)}`),
    );
    return hclBlock(`resource "azapi_update_resource" "${upstreamSymbol(link, document)}"`, [
      ['type', `"Microsoft.ContainerRegistry/registries@${apiVersions.registry}"`],
      ['resource_id', `local.${upstreamSymbol(link, document)}_id`],
      ['body', hclObject([['properties', hclObject([['roleAssignmentMode', '"AbacRepositoryPermissions"']])]])],
      // Terraform would do both at the same time.
      ...(kept.length > 0 ? ([['depends_on', `[${kept.join(', ')}]`]] satisfies HclEntry[]) : []),
    ]);
  }
  // A template writes a registry whole or not at all: the switch of an existing one stays a command.
  const [words, options] = switchCommand(link, isShell ? language : 'bash');
  return note(`${about}\n${[words, ...options].map((part) => part.join(' ')).join(' ')}`, language);
}

function keptSymbol(link: CacheLink, principalId: string, { id }: Pick<Role, 'id'>, document: ExportDocument): string {
  return document.symbol('keptAccess', [armIdKey(link.source.id), principalId.toLowerCase(), id].join('/'));
}

/** A role that someone gets at the upstream before the switch; where the switch is a note, so is this. */
export function exportKeptAccess(
  link: CacheLink,
  { principalId, principalType }: Pick<KeptAccess, 'principalId' | 'principalType'>,
  role: Pick<Role, 'id' | 'name'>,
  language: ExportLanguage,
  document: ExportDocument,
): string {
  if (language === 'terraform') {
    return hclBlock(`resource "azurerm_role_assignment" "${keptSymbol(link, principalId, role, document)}"`, [
      ['scope', `local.${upstreamSymbol(link, document)}_id`],
      ['role_definition_name', quoteHcl(role.name)],
      ['principal_id', quoteHcl(principalId)],
      ['principal_type', quoteHcl(principalType)],
    ]);
  }
  const shell = language === 'powershell' ? language : 'bash';
  const words = ['az', 'role', 'assignment', 'create'];
  const options = [
    ['--role', quote(role.id, shell)],
    ['--assignee-object-id', quote(principalId, shell)],
    ['--assignee-principal-type', principalType],
    ['--scope', quote(link.source.id, shell)],
  ];
  if (language === 'bash' || language === 'powershell') return command(words, options, language);
  const about = l10n.t(
    'Before the switch to ABAC mode give {0} to {1}, who loses access by it:',
    role.name,
    principalId,
  );
  return note(`${about}\n${[words, ...options].map((part) => part.join(' ')).join(' ')}`, language);
}

function switchCommand(link: CacheLink, language: ShellLanguage): [string[], string[][]] {
  return [
    ['az', 'acr', 'update'],
    [
      ['--name', quote(armIdName(link.source.id), language)],
      ['--resource-group', quote(armIdResourceGroup(link.source.id), language)],
      ['--subscription', quote(armIdSubscription(link.source.id), language)],
      ['--role-assignment-mode', 'rbac-abac'],
    ],
  ];
}

/** The registration of a preview feature in the downstream's subscription. */
export function exportFeature(
  link: CacheLink,
  feature: { readonly namespace: string; readonly name: string },
  language: ExportLanguage,
  document: ExportDocument,
): string | undefined {
  if (!document.first(`feature ${feature.name}`)) return undefined;
  const shell = language === 'powershell' ? language : 'bash';
  const subscription = ['--subscription', quote(armIdSubscription(link.downstream.id), shell)];
  const options = [['--namespace', feature.namespace], ['--name', feature.name], subscription];
  const register = ['az', 'feature', 'register'];
  const provider = ['az', 'provider', 'register', '--namespace', feature.namespace, ...subscription].join(' ');
  if (language === 'bash' || language === 'powershell') {
    return [command(register, options, language), provider].join('\n');
  }
  const about = l10n.t('The preview feature {0} has to be registered first:', feature.name);
  return note([about, [...register, ...options.flat()].join(' '), provider].join('\n'), language);
}

function note(text: string, language: ExportLanguage): string {
  return language === 'arm' ? armPart({ notes: [text] }) : commentOf(text, language);
}
