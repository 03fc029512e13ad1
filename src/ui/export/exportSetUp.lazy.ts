import * as vscode from 'vscode';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { exportRegistry } from '../../provisioning/export/exportScript.ts';
import { linkOfRule } from '../../provisioning/link/linkOfRule.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import type { CacheLink } from '../../provisioning/types.ts';
import { untilLeft } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { askLanguage } from './languages.lazy.ts';
import { openExport } from './openExport.lazy.ts';
import { showWarningMessage } from '../shared/messages.ts';
import { withCancel } from '../shared/withCancel.ts';

/** How many rules are looked into at a time. */
const concurrency = 4;

/**
 * Exports one rule, or all rules of a registry, with what they need. Rules that this extension cannot set up (no identity, an upstream
 * outside Azure or out of sight) are left out, and counted.
 * @throws AzureError if the rules cannot be read; Error if none of them can be exported
 */
export async function exportSetUp(
  services: Services,
  subject: { readonly rule: CacheRule } | { readonly registryId: string; readonly registryName: string },
): Promise<void> {
  const language = await askLanguage(services.memento);
  if (!language) return;
  const links = await withCancel(vscode.l10n.t('Loading what to export'), (_, signal) =>
    readLinks(services, subject, signal),
  );
  const subjectName =
    'rule' in subject ? `${armIdName(subject.rule.registryId)} ${subject.rule.name}` : subject.registryName;
  await openExport(services, exportRegistry(links.found, language), subjectName);
  if (links.leftOut.length > 0) void tellLeftOut(services, links.leftOut);
}

interface LeftOut {
  readonly rule: CacheRule;
  readonly reason: string;
}

async function tellLeftOut({ log }: Services, leftOut: readonly LeftOut[]): Promise<void> {
  for (const { rule, reason } of leftOut) log.warn(`Export: ${rule.name}: ${reason}`);
  const showLog = vscode.l10n.t('Show Log');
  const words =
    leftOut.length === 1
      ? vscode.l10n.t('1 cache rule was left out of the export.')
      : vscode.l10n.t('{0} cache rules were left out of the export.', leftOut.length);
  if ((await showWarningMessage(words, showLog)) === showLog) log.show();
}

async function readLinks(
  services: Services,
  subject: { readonly rule: CacheRule } | { readonly registryId: string; readonly registryName: string },
  signal: AbortSignal,
): Promise<{ found: CacheLink[]; leftOut: LeftOut[] }> {
  const azure = await untilLeft(services.azure(), signal);
  const rules = 'rule' in subject ? [subject.rule] : await azure.cacheRules.list(subject.registryId, { signal });
  const sorted = [...rules].sort((a, b) => (armIdKey(a.id) < armIdKey(b.id) ? -1 : 1));
  const found: CacheLink[] = [];
  const leftOut: LeftOut[] = [];
  const derived = await mapBounded(sorted, concurrency, async (rule) => ({
    rule,
    result: await linkOfRule(azure, rule, { signal }),
  }));
  for (const { rule, result } of derived) {
    if (result.ok) found.push(result.link);
    else leftOut.push({ rule, reason: result.reason });
  }
  if (found.length === 0) throw new Error(nothingToExport(subject, leftOut[0]?.reason));
  return { found, leftOut };
}

function nothingToExport(subject: { readonly rule: CacheRule } | { readonly registryName: string }, reason?: string) {
  if ('rule' in subject) return reason ?? vscode.l10n.t('Cache rule {0} cannot be exported.', subject.rule.name);
  return reason === undefined
    ? vscode.l10n.t('Registry {0} has no cache rules.', subject.registryName)
    : vscode.l10n.t('No cache rule in {0} can be exported. {1}', subject.registryName, reason);
}
