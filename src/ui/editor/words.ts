import * as vscode from 'vscode';
import { formatImageReference } from '../../domain/imageReference.ts';
import type { RuleMatch } from '../../domain/ruleMatching.ts';
import { shown } from '../../common/shown.ts';
import type { ImageReference } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';

/** Plain words about references, for hovers (escaped there), problems and lenses. Names in them come from outside. */

/** The image that a rule fetches for another, with the same tag and digest. */
export function sourceImage({ source, sourceRepository }: RuleMatch, { tag, digest }: ImageReference): string {
  return formatImageReference({
    host: source.loginServer,
    repository: sourceRepository,
    tag,
    digest,
  });
}

/** The name of an image, cut to what fits into a line. */
export function shownImage(image: ImageReference): string {
  return shown(formatImageReference(image), 160);
}

/** How far what is said of a registry's rules can be trusted; undefined: they were read in this session. */
export function freshnessInWords({ rulesFreshness, rulesError, registry }: RegistryEntry): string | undefined {
  const name = registry.name;
  switch (rulesFreshness) {
    case 'current':
      return undefined;
    case 'loading':
      return vscode.l10n.t('The cache rules of {0} are being refreshed.', name);
    case 'snapshot':
      return vscode.l10n.t('The cache rules of {0} are from an earlier session.', name);
    case 'failed':
      return vscode.l10n.t(
        'The cache rules of {0} could not be refreshed: {1}',
        name,
        shown(rulesError?.message ?? '', 300),
      );
    case 'never':
      return vscode.l10n.t('The cache rules of {0} are not loaded yet.', name);
  }
}
