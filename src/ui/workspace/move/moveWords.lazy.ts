import * as l10n from '@vscode/l10n';
import { stateInWords } from '../../shared/ruleVerdict.ts';
import { whyKept } from '../keptNames.ts';
import { canMove, type MoveRepository, type Obstacle } from './movePlan.lazy.ts';

/** Why a repository cannot be pulled through the downstream, in a sentence. */
export function obstacleInWords(obstacle: Obstacle, downstreamName: string): string {
  switch (obstacle.kind) {
    case 'unknownHost':
      return l10n.t('Not an Azure container registry you have access to.');
    case 'catalogue':
      return l10n.t('{0} has no rule for {1}; none can be made here.', downstreamName, obstacle.upstream.name);
    case 'ownRepository':
      return l10n.t('Stored in {0} itself, where no cache rule serves it.', downstreamName);
    case 'ownRulesUnknown':
      return l10n.t('Stored in {0} itself, whose cache rules could not be read.', downstreamName);
    case 'otherTenant':
      return l10n.t(
        '{0} is in another tenant, where a managed identity of this tenant cannot read.',
        obstacle.registry.name,
      );
  }
}

/** What becomes of a repository with the downstream's rules, or why nothing. */
export function wayInWords(one: MoveRepository, downstreamName: string): string {
  const { way, fixed } = one;
  if (way.kind === 'cached') return l10n.t('served by rule {0}', way.served.match.rule.name);
  if (way.kind === 'impossible') return obstacleInWords(way.obstacle, downstreamName);
  const [first] = fixed;
  if (!canMove(one)) return first ? whyKept(first.found.name) : '';
  if (way.kind === 'newRule') return l10n.t('through a new rule in {0}', downstreamName);
  const { repository } = way.use.image;
  const { rule } = way.use.match;
  const state = stateInWords(rule, way.use.known);
  return way.use.broken
    ? l10n.t('becomes {0} through rule {1} ({2}: diagnose it first)', repository, rule.name, state)
    : l10n.t('becomes {0} through rule {1} ({2})', repository, rule.name, state);
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
