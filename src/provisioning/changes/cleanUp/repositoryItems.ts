import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions } from '../../../azure/azure.ts';
import { shown } from '../../../common/shown.ts';
import { isCancelled } from '../../../azure/errors.ts';
import { armIdName, parentArmId, sameArmId } from '../../../domain/armId.ts';
import { formatRepositoryPattern, parseRepositoryPattern, patternCovers } from '../../../domain/repositoryPattern.ts';
import { createRuleIndex } from '../../../domain/ruleMatching.ts';
import type { RepositoryPattern } from '../../../domain/types.ts';
import { mapBounded } from '../../../common/mapBounded.ts';
import type { CleanUpItem } from './types.ts';

/** More are named as a number: nobody ticks more rows than this. */
const maxRepositories = 100;

/**
 * The repositories that the rule filled, with their sizes: never selected by default. One that another rule of the registry
 * fills too is in use.
 * @throws AzureError `cancelled` only
 */
export async function repositoryItems(
  azure: Azure,
  ruleId: string,
  target: string,
  options: CallOptions,
): Promise<CleanUpItem[]> {
  const registryId = parentArmId(ruleId) ?? '';
  const patterns = patternsOf(target);
  try {
    const registry = await azure.registries.get(registryId, options);
    const content = azure.registry(registry);
    const odd: string[] = [];
    const [rules, repositories] = await Promise.all([
      azure.cacheRules.list(registryId, options),
      Promise.all(
        patterns.map((pattern) => find(content, pattern, { ...options, onOddName: (name) => odd.push(name) })),
      ),
    ]);
    const others = createRuleIndex(rules.filter((rule) => !sameArmId(rule.id, ruleId)));
    const found = [...new Set(repositories.flat())].sort();
    const items = await mapBounded(found.slice(0, maxRepositories), 8, async (repository) => {
      const user = others.match(repository)?.rule;
      const inUseBy = user ? [l10n.t('The cache rule {0} fills it too.', user.name)] : [];
      try {
        const { bytes } = await content.repositorySize(repository, options);
        return repositoryItem(registry.id, repository, { inUseBy, ...(bytes === undefined ? {} : { size: bytes }) });
      } catch (error) {
        if (isCancelled(error) || !(error instanceof Error)) throw error;
        return repositoryItem(registry.id, repository, { inUseBy, unknown: unreadable(error) });
      }
    });
    const more = found.length - items.length;
    if (more > 0) {
      const unknown = l10n.t('{0} further repositories are not listed: delete them in the portal.', more);
      items.push(repositoryItem(registry.id, patterns.map(formatRepositoryPattern).join(', '), { unknown }));
    }
    const oddHere = odd.filter((name) => patterns.some((pattern) => patternCovers(pattern, name)));
    if (oddHere.length > 0) {
      const unknown = l10n.t(
        '{0} listed names are not names of repositories: look at them in the portal.',
        oddHere.length,
      );
      items.push(repositoryItem(registry.id, shown(oddHere[0] ?? ''), { unknown }));
    }
    return items;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const unknown = unreadable(error);
    return patterns.map((pattern) => repositoryItem(registryId, formatRepositoryPattern(pattern), { unknown }));
  }
}

function unreadable(error: Error): string {
  return l10n.t('What is cached could not be read: {0}', error.message);
}

export function repositoryItemId(repository: string): string {
  return `cachedRepository:${repository}`;
}

function repositoryItem(
  registryId: string,
  repository: string,
  facts: Partial<Pick<CleanUpItem, 'inUseBy' | 'unknown' | 'size'>>,
): CleanUpItem {
  const { inUseBy = [], ...rest } = facts;
  return {
    id: repositoryItemId(repository),
    kind: 'cachedRepository',
    title: l10n.t('Repository {0} in {1}', repository, armIdName(registryId)),
    resourceId: `${registryId}/repositories/${repository}`,
    todo: l10n.t(
      'Delete the repository {0} of {1} with every image in it, also those that were pushed.',
      repository,
      armIdName(registryId),
    ),
    inUseBy,
    ...rest,
    offered: inUseBy.length === 0 && facts.unknown === undefined,
    selectedByDefault: false,
  };
}

function patternsOf(target: string): RepositoryPattern[] {
  const parsed = parseRepositoryPattern(target.toLowerCase());
  return parsed.ok ? [parsed.value] : [];
}

async function find(
  content: ReturnType<Azure['registry']>,
  pattern: RepositoryPattern,
  options: CallOptions & { onOddName(name: string): void },
): Promise<string[]> {
  if (pattern.kind === 'repository') {
    return (await content.repositoryExists(pattern.repository, options)) ? [pattern.repository] : [];
  }
  return (await content.repositories(options)).filter((repository) => patternCovers(pattern, repository));
}
