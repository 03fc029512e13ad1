import * as l10n from '@vscode/l10n';
import { suggestRuleName } from '../../domain/names.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { Registry, RepositoryPattern } from '../../domain/types.ts';
import { readingOf, type Upstream } from '../../domain/upstreams.ts';
import { written } from './azCommands.ts';
import { quote, type ShellLanguage } from './quote.ts';
import { commentOf, type ExportedFiles, joinSections } from './text.ts';

/** What of an upstream of the catalogue is cached where. */
export interface OtherSource {
  readonly upstream: Upstream;
  /** The login server. */
  readonly host: string;
  /** Absent: all of it. */
  readonly source?: RepositoryPattern;
}

/** What to run instead of the setup, for an upstream of the catalogue: the `az` commands that make its cache rule. */
export function otherUpstreamScript(
  downstream: Registry,
  { upstream, host, source = { kind: 'all' } }: OtherSource,
  language: ShellLanguage,
): ExportedFiles {
  const q = (text: string): string => quote(text, language);
  const name = suggestRuleName(`/${host}`, new Set());
  const path = formatRepositoryPattern(source);
  const place = [
    ['--registry', q(downstream.name)],
    ['--resource-group', q(downstream.resourceGroup)],
    ['--subscription', q(downstream.subscriptionId)],
  ];
  const needsCredentials = upstream.authentication === 'credentialSet';
  const isOptional = upstream.authentication === 'either';
  const options = [
    ...place,
    ['--name', q(suggestRuleName(`${host}/${path}`, new Set()))],
    ['--source-repo', q(`${host}/${path}`)],
    // A target "*" would leave the registry no repository of its own.
    ['--target-repo', q(source.kind === 'all' ? `${name}/*` : path)],
    ...(needsCredentials ? [['--cred-set', q(name)]] : []),
  ];
  const text = joinSections([
    comment([
      l10n.t('Caches {0} in {1}.', `${host}/${path}`, downstream.loginServer),
      readingOf(upstream),
      l10n.t('This extension sets up Azure upstreams only; it shows and diagnoses other rules.'),
      l10n.t('Needs the Azure CLI, signed in with az login to the cloud and tenant of the registry.'),
    ]),
    ...(needsCredentials ? credentialSet(host, name, place, language) : []),
    [
      comment([
        l10n.t('A cache rule of the same name is overwritten without asking.'),
        l10n.t('To see which names are taken: {0}', `az acr cache list --registry ${q(downstream.name)}`),
        ...(isOptional ? [l10n.t('For private repositories, add --cred-set and the name of a credential set.')] : []),
      ]),
      written({ words: ['az', 'acr', 'cache', 'create'], options }, language),
    ].join('\n'),
  ]);
  return [{ name: `${name}.${language === 'bash' ? 'sh' : 'ps1'}`, text }];
}

/** A credential set, which may read its secrets. The names of vault and secrets are examples. */
function credentialSet(
  host: string,
  name: string,
  place: readonly (readonly string[])[],
  language: ShellLanguage,
): string[] {
  const q = (text: string): string => quote(text, language);
  const words = (text: string): string[] => text.split(' ');
  const vault = (query: string): string => `az keyvault show --name my-key-vault --query ${query} --output tsv`;
  // Both shells take `${…}` and `$(…)` within double quotes.
  const secret = (kind: string): string => `"\${VAULT_URI}secrets/${name}-${kind}"`;
  const create = {
    words: words('az acr credential-set create'),
    options: [
      ...place,
      ['--name', q(name)],
      ['--login-server', q(host)],
      ['--username-id', secret('username')],
      ['--password-id', secret('token')],
    ],
  };
  const show = {
    words: words('az acr credential-set show'),
    options: [...place, ['--name', q(name)], ['--query', 'identity.principalId'], ['--output', 'tsv']],
  };
  const assign = {
    words: words('az role assignment create'),
    options: [
      ['--role', q('Key Vault Secrets User')],
      ['--assignee-object-id', '"$PRINCIPAL_ID"'],
      ['--assignee-principal-type', 'ServicePrincipal'],
      ['--scope', `"$(${vault('id')})"`],
    ],
  };
  return [
    [
      comment([
        l10n.t('The credential set names two secrets of a key vault: a user name, and a token or password.'),
        l10n.t('Replace the names of vault and secrets: {0}', `my-key-vault, ${name}-username, ${name}-token`),
      ]),
      assigned('VAULT_URI', vault('properties.vaultUri'), language),
      written(create, language),
    ].join('\n'),
    [
      comment([l10n.t('The credential set has an identity of its own, which must be able to read the secrets.')]),
      assigned('PRINCIPAL_ID', written(show, language), language),
      written(assign, language),
    ].join('\n'),
  ];
}

/** Keeps what a command prints. */
function assigned(name: string, command: string, language: ShellLanguage): string {
  return language === 'bash' ? `${name}=$(${command})` : `$${name} = ${command}`;
}

function comment(sentences: readonly string[]): string {
  return commentOf(sentences.join('\n'), 'bash');
}
