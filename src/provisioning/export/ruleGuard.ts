import * as l10n from '@vscode/l10n';
import { commentOf } from './text.ts';
import { quote, type ShellLanguage } from './quote.ts';

/** The function's name. Its arguments: registry, resource group, subscription, rule name, source, target. */
export const ruleGuard: Readonly<Record<ShellLanguage, string>> = {
  bash: 'require_no_other_rule',
  powershell: 'Assert-NoOtherRule',
};

/**
 * A function that ends the script when the registry has a rule of this name that maps something else or uses another identity. Lists
 * the rules, since a listing fails where a question for one rule would leave open whether it is not there or may not be read. Names
 * and ids are compared without case, as Azure does. `sourceRepository` lies in `properties` or beside them, by the version of the CLI.
 */
export function ruleGuardDefinition(language: ShellLanguage): string {
  const why = commentOf(
    l10n.t('az acr cache create overwrites a rule of the same name without asking; this check stops before that.'),
    language,
  );
  const taken = quote(
    l10n.t('Stopped: a cache rule of this name maps something else or uses another identity. It was not overwritten:'),
    language,
  );
  return `${why}\n${language === 'bash' ? bash(taken) : powershell(taken)}\n`;
}

// Bash 3.2, which macOS has, knows no ${name,,}. The identities come last: an empty field before others would be lost.
function bash(taken: string): string {
  const query =
    '[].[name, sourceRepository || properties.sourceRepository, targetRepository || properties.targetRepository, join(`","`, keys(identity.userAssignedIdentities || `{}`))]';
  return [
    'require_no_other_rule() {',
    '  local rules name source target identities',
    '  rules=$(az acr cache list -r "$1" -g "$2" --subscription "$3" -o tsv \\',
    `    --query '${query}')`,
    '  shopt -s nocasematch',
    "  while IFS=$'\\t' read -r name source target identities; do",
    '    if [[ -n $name && $name == "$4" && ! ($source == "$5" && $target == "$6" && $identities == "$IDENTITY_RESOURCE_ID") ]]; then',
    `      printf '%s\\n' ${taken} "$name: $source => $target ($identities)" >&2`,
    '      exit 1',
    '    fi',
    '  done <<<"${rules//$\'\\r\'/}"',
    '  shopt -u nocasematch',
    '}',
  ].join('\n');
}

function powershell(taken: string): string {
  const unread = quote(l10n.t('Stopped: the cache rules of the registry could not be listed.'), 'powershell');
  return [
    'function Assert-NoOtherRule($Registry, $ResourceGroup, $Subscription, $Name, $Source, $Target) {',
    '  $json = az acr cache list -r $Registry -g $ResourceGroup --subscription $Subscription -o json',
    `  if ($LASTEXITCODE -ne 0) { throw ${unread} }`,
    '  foreach ($rule in ($json | Out-String | ConvertFrom-Json)) {',
    '    if ($rule.name -ne $Name) { continue }',
    '    $mapping = if ($rule.properties) { $rule.properties } else { $rule }',
    "    $identities = @($rule.identity.userAssignedIdentities.PSObject.Properties | ForEach-Object { $_.Name }) -join ','",
    '    if ($mapping.sourceRepository -ne $Source -or $mapping.targetRepository -ne $Target -or $identities -ne $IDENTITY_RESOURCE_ID) {',
    `      throw (${taken} + " $($rule.name): $($mapping.sourceRepository) => $($mapping.targetRepository) ($identities)")`,
    '    }',
    '  }',
    '}',
  ].join('\n');
}
