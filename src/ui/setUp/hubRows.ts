import * as vscode from 'vscode';
import type { Problem } from '../../domain/parsed.ts';
import type { RepositoryPattern } from '../../domain/types.ts';
import type { Row, RowButton } from '../pages/quickInput.ts';
import { icon } from '../shared/icon.ts';
import { accessOf, type Draft, isUndecided, newIdentityOf, sourceKey, targetTextOf } from './draft.ts';
import type { Found } from './found.ts';
import type { HubChoice } from './hub.ts';
import { checkRuleName, checkTarget, ruleNamesOf } from './mapping.ts';
import { accessInWords } from './steps/access.ts';

interface NameProblem {
  readonly about: 'target' | 'ruleName';
  readonly source: RepositoryPattern;
  readonly problem: Problem;
}

/** The first name that cannot be used. */
export function nameProblem(draft: Draft, found: Found): NameProblem | undefined {
  const names = ruleNamesOf(draft, found.rules);
  for (const source of draft.sources) {
    const target = checkTarget(draft, source, targetTextOf(draft, source), found);
    if (target) return { about: 'target', source, problem: target };
    const rule = checkRuleName(draft, source, names.get(sourceKey(source)) ?? '', found.rules);
    if (rule) return { about: 'ruleName', source, problem: rule };
  }
  return undefined;
}

/** That it has to be said how the upstream is read, before anything can be planned. */
export function undecidedRows(draft: Draft): Row<HubChoice>[] {
  if (!isUndecided(draft)) return [];
  return [
    {
      iconPath: icon('question', 'warning'),
      label: vscode.l10n.t('Decide How {0} Is Read…', draft.upstream?.name ?? ''),
      detail: vscode.l10n.t('It uses registry-wide roles (RBAC), which other clients may depend on.'),
      value: { about: 'permissionMode' },
    },
  ];
}

/** That a name has to be another one, before anything can be planned. */
export function problemRows(draft: Draft, found: Found): Row<HubChoice>[] {
  const wrong = nameProblem(draft, found);
  if (!wrong) return [];
  const { about, source, problem } = wrong;
  const label =
    about === 'target'
      ? vscode.l10n.t('Change the Target of {0}…', sourceKey(source))
      : vscode.l10n.t('Change the Rule Name of {0}…', sourceKey(source));
  return [{ iconPath: icon('error', 'error'), label, detail: problem.message, value: { about, source } }];
}

/** @param others buttons at the end of the row, besides that of the rule's name */
export function mappingRow(
  draft: Draft,
  found: Found,
  source: RepositoryPattern,
  others: readonly RowButton<HubChoice>[] = [],
): Row<HubChoice> {
  const key = sourceKey(source);
  const target = targetTextOf(draft, source);
  const isMissing = source.kind === 'repository' && found.sources?.includes(source.repository) === false;
  const rule = vscode.l10n.t('rule {0}', ruleNamesOf(draft, found.rules).get(key) ?? '');
  const notFound = vscode.l10n.t('not found in {0}', draft.upstream?.name ?? '');
  return {
    iconPath: isMissing ? icon('warning', 'warning') : icon('arrow-swap'),
    label: target,
    description: [...(target === key ? [] : [`← ${key}`]), isMissing ? notFound : rule].join(' · '),
    value: { about: 'target', source },
    buttons: [
      {
        iconPath: icon('edit'),
        tooltip: vscode.l10n.t('Change the rule name'),
        value: { about: 'ruleName', source },
      },
      ...others,
    ],
  };
}

/** As what the rules sign in, and what that may read. */
export function signInRows(draft: Draft): Row<HubChoice>[] {
  return [identityRow(draft), ...(isUndecided(draft) ? [] : accessRows(draft))];
}

function identityRow(draft: Draft): Row<HubChoice> {
  const { identity } = draft;
  const fresh = newIdentityOf(draft);
  const value = { about: 'identity' } as const;
  if (!identity || !fresh) {
    return { iconPath: icon('loading~spin'), label: vscode.l10n.t('Managed identity'), value };
  }
  if (identity.kind === 'existing') {
    const { name, resourceGroup } = identity.identity;
    return { iconPath: icon('key'), label: name, description: resourceGroup, value };
  }
  return {
    iconPath: icon('key'),
    label: fresh.name,
    description: [vscode.l10n.t('new'), fresh.resourceGroup].join(' · '),
    value,
  };
}

/** How the upstream is read, and what of it. */
function accessRows(draft: Draft): Row<HubChoice>[] {
  const { upstream, permissionMode, keepAccess = [] } = draft;
  const name = upstream?.name ?? '';
  const access: Row<HubChoice> = {
    iconPath: icon('shield'),
    ...accessInWords(draft, accessOf(draft)),
    value: { about: 'access' },
  };
  if (upstream?.roleAssignmentMode !== 'LegacyRegistryPermissions') return [access];
  const value = { about: 'permissionMode' } as const;
  if (permissionMode === 'keep') {
    const description = vscode.l10n.t('AcrPull, for everything');
    return [
      { iconPath: icon('shield'), label: vscode.l10n.t('Keep the Registry Roles of {0}', name), description, value },
    ];
  }
  const description =
    keepAccess.length === 1
      ? vscode.l10n.t('1 principal gets new roles first')
      : vscode.l10n.t('{0} principals get new roles first', keepAccess.length);
  return [
    { iconPath: icon('warning', 'warning'), label: vscode.l10n.t('Switch {0} to ABAC', name), description, value },
    access,
  ];
}
