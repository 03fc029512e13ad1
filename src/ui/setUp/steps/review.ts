import * as vscode from 'vscode';
import type { Problem } from '../../../domain/parsed.ts';
import type { RepositoryPattern } from '../../../domain/types.ts';
import { type Row, separator } from '../../pages/quickInput.ts';
import type { Position, StepAnswer } from '../../pages/flow.ts';
import type { ReviewAnswer } from '../../review/change.ts';
import { review } from '../../review/review.ts';
import { icon } from '../../shared/icon.ts';
import type { PageContext } from '../context.ts';
import {
  accessOf,
  chooseSources,
  type Draft,
  isUndecided,
  linkOf,
  newIdentityOf,
  sourceKey,
  targetTextOf,
} from '../draft.ts';
import { defaultIdentity, type Found, findAround, nothingFound } from '../found.ts';
import { checkRuleName, checkTarget, ruleNamesOf } from '../mapping.ts';
import { setUpChange } from '../setUpChange.ts';
import { accessInWords, askAccess } from './access.ts';
import { askIdentity } from './identity.ts';
import { askPermissionMode } from './permissionMode.ts';
import { askRepositories } from './repositories.ts';
import { askRuleName } from './ruleName.ts';
import { askPrefix, askTarget } from './target.ts';

/** What a row changes. */
type Choice =
  | { readonly about: 'permissionMode' | 'repositories' | 'prefix' | 'identity' | 'access' }
  | { readonly about: 'target' | 'ruleName' | 'remove'; readonly source: RepositoryPattern };

/** How the review ends: what is to be done, or the draft as it is when the user goes back or leaves. */
export type SetUpReview =
  Extract<ReviewAnswer, { kind: 'apply' }> | { readonly kind: 'back' | 'cancelled'; readonly state: Draft };

/**
 * The hub of the setup: what will be done, and everything that has a default in one row each. Choosing a row changes it and comes
 * back here.
 */
export async function askReview(context: PageContext, initial: Draft, position: Position): Promise<SetUpReview> {
  const { services, facts } = context;
  let draft = initial;
  let found = nothingFound;
  for (;;) {
    let shown = draft;
    const answer = await review<Choice>(services, facts.azure, {
      title: vscode.l10n.t('Cache {0} in {1}', draft.upstream?.name ?? '', draft.downstream?.name ?? ''),
      canGoBack: position.canGoBack,
      isSetUp: true,
      rows: () => rowsOf(shown, found),
      async change() {
        found = await findAround(facts, draft);
        // A default is no choice: what is chosen later may make it another one.
        shown = { ...draft, identity: draft.identity ?? defaultIdentity(draft, found) };
        const link =
          isUndecided(shown) || problemOf(shown, found) ? undefined : linkOf(shown, ruleNamesOf(shown, found.rules));
        return link && setUpChange(link);
      },
    });
    if (answer.kind === 'apply') return answer;
    if (answer.kind !== 'value') return { kind: answer.kind, state: draft };
    const changed = await ask(context, answer.value.about === 'identity' ? shown : draft, found, answer.value);
    if (changed.kind === 'cancelled') return { kind: 'cancelled', state: draft };
    if (changed.kind === 'next') draft = changed.state;
  }
}

function ask(context: PageContext, draft: Draft, found: Found, choice: Choice): Promise<StepAnswer<Draft>> {
  const position: Position = { canGoBack: true };
  switch (choice.about) {
    case 'permissionMode':
      return askPermissionMode(context, draft, position);
    case 'repositories':
      return askRepositories(context, draft, position);
    case 'prefix':
      return askPrefix(draft, found, position);
    case 'identity':
      return askIdentity(context, draft, position);
    case 'access':
      return askAccess(context, draft, position);
    case 'target':
      return askTarget(draft, found, choice.source, position);
    case 'ruleName':
      return askRuleName(draft, found.rules, choice.source, position);
    case 'remove': {
      const rest = draft.sources.filter((source) => source !== choice.source);
      return rest.length === 0
        ? askRepositories(context, draft, position)
        : Promise.resolve({ kind: 'next', state: chooseSources(draft, rest) });
    }
  }
}

/** The first name that cannot be used. */
function problemOf(
  draft: Draft,
  found: Found,
):
  { readonly about: 'target' | 'ruleName'; readonly source: RepositoryPattern; readonly problem: Problem } | undefined {
  const names = ruleNamesOf(draft, found.rules);
  for (const source of draft.sources) {
    const target = checkTarget(draft, source, targetTextOf(draft, source), found);
    if (target) return { about: 'target', source, problem: target };
    const rule = checkRuleName(draft, source, names.get(sourceKey(source)) ?? '', found.rules);
    if (rule) return { about: 'ruleName', source, problem: rule };
  }
  return undefined;
}

function rowsOf(draft: Draft, found: Found): Row<Choice>[] {
  const { downstream } = draft;
  return [
    ...openRows(draft, found),
    separator(vscode.l10n.t('What is cached')),
    ...draft.sources.map((source) => mappingRow(draft, found, source)),
    {
      iconPath: icon('add'),
      label: vscode.l10n.t('Add Repositories…'),
      value: { about: 'repositories' },
    },
    ...(draft.sources.length > 1 || draft.targetPrefix !== '' ? [prefixRow(draft)] : []),
    separator(vscode.l10n.t('How {0} signs in', downstream?.name ?? '')),
    identityRow(draft),
    ...(isUndecided(draft) ? [] : accessRows(draft)),
  ];
}

/** What has to be said before anything can be planned; it is the first row then. */
function openRows(draft: Draft, found: Found): Row<Choice>[] {
  if (isUndecided(draft)) {
    return [
      {
        iconPath: icon('question', 'warning'),
        label: vscode.l10n.t('Decide How {0} Is Read…', draft.upstream?.name ?? ''),
        detail: vscode.l10n.t('It uses registry-wide roles (RBAC), which other clients may depend on.'),
        value: { about: 'permissionMode' },
      },
    ];
  }
  const wrong = problemOf(draft, found);
  if (!wrong) return [];
  const { about, source, problem } = wrong;
  const label =
    about === 'target'
      ? vscode.l10n.t('Change the Target of {0}…', sourceKey(source))
      : vscode.l10n.t('Change the Rule Name of {0}…', sourceKey(source));
  return [{ iconPath: icon('error', 'error'), label, detail: problem.message, value: { about, source } }];
}

function mappingRow(draft: Draft, found: Found, source: RepositoryPattern): Row<Choice> {
  const key = sourceKey(source);
  const isMissing = source.kind === 'repository' && found.sources?.includes(source.repository) === false;
  const rule = vscode.l10n.t('rule {0}', ruleNamesOf(draft, found.rules).get(key) ?? '');
  const notFound = vscode.l10n.t('not found in {0}', draft.upstream?.name ?? '');
  return {
    iconPath: isMissing ? icon('warning', 'warning') : icon('arrow-swap'),
    label: targetTextOf(draft, source),
    description: [`← ${key}`, isMissing ? notFound : rule].join(' · '),
    value: { about: 'target', source },
    buttons: [
      {
        iconPath: icon('edit'),
        tooltip: vscode.l10n.t('Change the rule name'),
        value: { about: 'ruleName', source },
      },
      { iconPath: icon('close'), tooltip: vscode.l10n.t('Remove'), value: { about: 'remove', source } },
    ],
  };
}

function prefixRow({ targetPrefix }: Draft): Row<Choice> {
  return {
    iconPath: icon('symbol-namespace'),
    label: vscode.l10n.t('Put All Below a Prefix…'),
    description: targetPrefix === '' ? vscode.l10n.t('none') : `${targetPrefix}/`,
    value: { about: 'prefix' },
  };
}

function identityRow(draft: Draft): Row<Choice> {
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
function accessRows(draft: Draft): Row<Choice>[] {
  const { upstream, permissionMode, keepAccess = [] } = draft;
  const name = upstream?.name ?? '';
  const access: Row<Choice> = {
    iconPath: icon('shield'),
    ...accessInWords(draft, accessOf(draft)),
    value: { about: 'access' },
  };
  if (upstream?.roleAssignmentMode !== 'LegacyRegistryPermissions') return [access];
  const value = { about: 'permissionMode' } as const;
  if (permissionMode === 'keep') {
    const description = vscode.l10n.t('AcrPull: the identity can pull everything');
    return [
      { iconPath: icon('shield'), label: vscode.l10n.t('Keep the Registry Roles of {0}', name), description, value },
    ];
  }
  const description =
    keepAccess.length === 1
      ? vscode.l10n.t('1 principal gets new roles first')
      : vscode.l10n.t('{0} principals get new roles first', keepAccess.length);
  return [
    { iconPath: icon('arrow-right', 'warning'), label: vscode.l10n.t('Switch {0} to ABAC', name), description, value },
    access,
  ];
}
