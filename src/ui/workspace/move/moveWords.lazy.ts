import * as l10n from '@vscode/l10n';
import type { MoveRepository, Obstacle } from './movePlan.lazy.ts';

/** Why a repository cannot be pulled through the downstream, in a sentence. */
export function obstacleInWords(obstacle: Obstacle, downstreamName: string): string {
  switch (obstacle.kind) {
    case 'unknownHost':
      return l10n.t('Its registry is none of the container registries of Azure that you can see here.');
    case 'catalogue':
      return l10n.t(
        'It comes from {0}. Only rules between container registries of Azure are made here; once {1} has a rule for it, it can be moved.',
        obstacle.upstream.name,
        downstreamName,
      );
    case 'ownRepository':
      return l10n.t('It is in {0} itself, where no cache rule serves it.', downstreamName);
    case 'ownRulesUnknown':
      return l10n.t('It is in {0} itself, whose cache rules could not be read.', downstreamName);
    case 'otherTenant':
      return l10n.t(
        '{0} belongs to another tenant, and a managed identity works only inside its own.',
        obstacle.registry.name,
      );
  }
}

/** `3 references in 2 files`. */
export function countInWords(references: number, files: number): string {
  if (references === 1) return l10n.t('1 reference');
  return files === 1
    ? l10n.t('{0} references in 1 file', references)
    : l10n.t('{0} references in {1} files', references, files);
}

/** The same of what one repository's row stands for. */
export function usesInWords({ movable, fixed }: MoveRepository): string {
  const all = [...movable, ...fixed];
  return countInWords(all.length, new Set(all.map(({ file }) => file)).size);
}
