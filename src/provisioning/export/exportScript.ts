import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { requirementsOf } from '../graph.ts';
import type { CacheLink, ExportLanguage } from '../types.ts';
import { assign, comment, quote } from './quote.ts';

/**
 * The link as a script of the article's `az` commands, steps in the order of the graph. Deterministic.
 * `--identity` of `az acr cache create` exists from Azure CLI 2.85.0 on (release notes 2026-04-07).
 */
export function exportScript(link: CacheLink, language: ExportLanguage): string {
  const steps = requirementsOf(link).flatMap((requirement) => {
    const code = requirement.export(link, language);
    return code === undefined ? [] : [`${comment(requirement.describe().title)}\n${code}`];
  });
  return [...frame(link, language), ...steps].join('\n\n') + '\n';
}

function frame(link: CacheLink, language: ExportLanguage): string[] {
  const about = comment(
    l10n.t('Caches repositories of {0} in {1}.', link.upstream.loginServer, link.downstream.loginServer) +
      '\n' +
      l10n.t('Needs Azure CLI 2.85.0 or later, signed in with az login to the cloud and tenant of both registries.'),
  );
  const start =
    language === 'bash'
      ? `#!/usr/bin/env bash\n${about}\nset -euo pipefail`
      : `${about}\n$ErrorActionPreference = 'Stop'\n$PSNativeCommandUseErrorActionPreference = $true`;
  return [
    start,
    [
      comment(l10n.t('Upstream registry {0}', armIdName(link.upstream.id))),
      assign('UPSTREAM_ID', quote(link.upstream.id, language), language),
    ].join('\n'),
  ];
}
