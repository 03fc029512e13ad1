import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { formatRepositoryPattern, formatSourceRepository } from '../../domain/repositoryPattern.ts';
import { roles } from '../../domain/roles.ts';
import { preparationNote, preparationOf, written } from './azCommands.ts';
import type { ExportedLink, Grant, Rule, Section } from './exportedLink.ts';
import { quote, type ShellLanguage } from './quote.ts';
import { ruleGuard, ruleGuardDefinition } from './ruleGuard.ts';
import { about, commentOf, joinSections } from './text.ts';

/** A script of the article's commands. `--identity` of `az acr cache create`: Azure CLI 2.85.0 (release notes 2026-04-07). */
export function shellScript(links: readonly ExportedLink[], language: ShellLanguage): string {
  const text = about(links, language, [
    l10n.t('Needs Azure CLI 2.85.0 or later, signed in with az login to the cloud and tenant of both registries.'),
  ]);
  const frame =
    language === 'bash'
      ? // Git's bash on Windows would take resource ids for paths.
        `#!/usr/bin/env bash\n${text}\nset -euo pipefail\nexport MSYS_NO_PATHCONV=1`
      : `${text}\n$ErrorActionPreference = 'Stop'\n$PSNativeCommandUseErrorActionPreference = $true`;
  const firstRule = links.flatMap(({ sections }) => sections).find(({ kind }) => kind === 'rule');
  const scripts = links.flatMap((link) => [
    [
      commentOf(l10n.t('Upstream registry {0}', armIdName(link.source.id)), language),
      assign('UPSTREAM_ID', quote(link.source.id, language), language),
    ],
    ...link.sections.map((section) => [
      commentOf(section.title, language),
      ...(section === firstRule ? [ruleGuardDefinition(language)] : []),
      ...linesOf(link, section, language),
    ]),
  ]);
  return joinSections([frame, ...scripts.map((lines) => lines.join('\n'))]);
}

function linesOf(link: ExportedLink, section: Section, language: ShellLanguage): string[] {
  switch (section.kind) {
    case 'identity':
      return identity(link, section.isFirst, language);
    case 'grant':
      return grant(link, section, language);
    case 'rule':
      return rule(link, section, language);
    case 'abacMode':
    case 'keptAccess':
    case 'feature': {
      // The switch is made only if the user agreed to it, else told.
      if (section.kind === 'abacMode' && !link.allowAbacSwitch) {
        return [commentOf(preparationNote(link, section, language), language)];
      }
      return preparationOf(link, section, language).commands.map((command) => written(command, language));
    }
  }
}

/** The identity, made by the first link that has it. */
function identity(
  { authentication: { identityId: id, create } }: ExportedLink,
  isFirst: boolean,
  language: ShellLanguage,
) {
  const q = (text: string): string => quote(text, language);
  const options = [
    ['--name', q(armIdName(id))],
    ['--resource-group', q(armIdResourceGroup(id))],
    ['--subscription', q(armIdSubscription(id))],
    ['--location', q(create?.location ?? '')],
  ];
  const show = `az identity show --ids ${variable('IDENTITY_RESOURCE_ID')} --query principalId -o tsv`;
  return [
    ...(create && isFirst ? [written({ words: ['az', 'identity', 'create'], options }, language)] : []),
    assign('IDENTITY_RESOURCE_ID', q(id), language),
    assign('IDENTITY_PRINCIPAL_ID', language === 'bash' ? `$(${show})` : show, language),
  ];
}

function grant(link: ExportedLink, { role, condition, repository }: Grant, language: ShellLanguage): string[] {
  const scope =
    repository === undefined
      ? variable('UPSTREAM_ID')
      : quote(`${link.source.id}/repositories/${repository}`, language);
  const options = [
    ['--role', quote(role.name, language)],
    // Not --assignee: it looks the identity up in the directory, which does not know a new one at once.
    ['--assignee-object-id', variable('IDENTITY_PRINCIPAL_ID')],
    ['--assignee-principal-type', 'ServicePrincipal'],
    ['--scope', scope],
  ];
  if (condition !== undefined) {
    options.push(['--condition', quote(condition, language)], ['--condition-version', '2.0']);
  }
  const create = written({ words: ['az', 'role', 'assignment', 'create'], options }, language);
  const isOnePerScope = repository === undefined && role.id !== roles.acrPull.id;
  return isOnePerScope ? [commentOf(existingAssignment(link), language), create] : [create];
}

/** Azure has one assignment per identity, role and scope, and `create` leaves one that exists as it is. */
function existingAssignment(link: ExportedLink): string {
  return l10n.t(
    'If {0} already has this role on {1}, the next command does not change its condition. In that case, set the whole condition, including what it allows now, with: az role assignment update --role-assignment',
    armIdName(link.authentication.identityId),
    armIdName(link.source.id),
  );
}

/** `az acr cache create` overwrites a rule of the same name without a question (azure-cli#33911): the script asks before. */
function rule({ downstream, source: upstream }: ExportedLink, { mapping }: Rule, language: ShellLanguage): string[] {
  const q = (text: string): string => quote(text, language);
  const place = [armIdName(downstream.id), armIdResourceGroup(downstream.id), armIdSubscription(downstream.id)].map(q);
  const name = q(mapping.ruleName);
  const source = q(formatSourceRepository({ loginServer: upstream.loginServer, pattern: mapping.source }));
  const target = q(formatRepositoryPattern(mapping.target));
  const options = [
    ...['-r', '-g', '--subscription'].map((option, index) => [option, place[index] ?? '']),
    ['-n', name],
    ['-s', source],
    ['-t', target],
    ['--identity', variable('IDENTITY_RESOURCE_ID')],
  ];
  return [
    [ruleGuard[language], ...place, name, source, target].join(' '),
    written({ words: ['az', 'acr', 'cache', 'create'], options }, language),
  ];
}

type ScriptVariable = 'IDENTITY_RESOURCE_ID' | 'IDENTITY_PRINCIPAL_ID' | 'UPSTREAM_ID';

function variable(name: ScriptVariable): string {
  return `"$${name}"`;
}

/** `NAME=value` in the shell's way; `value` is already quoted. */
function assign(name: ScriptVariable, value: string, language: ShellLanguage): string {
  return language === 'bash' ? `${name}=${value}` : `$${name} = ${value}`;
}
