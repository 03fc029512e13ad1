import * as vscode from 'vscode';
import { registryIdOf, repositoryRowOf } from '../shared/registryIdOf.ts';
import type { Command } from '../services/services.ts';
import { pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';

/** The wizard; a registry's node is taken as the downstream registry. */
export const setUpCache: Command = async (services, node) => {
  const downstreamId = textOf(node, 'registryId') ?? registryIdOf(node);
  const { runSetUp } = await import('../setUp/setUp.ts');
  await runSetUp(services, downstreamId === undefined ? undefined : { downstreamId });
};

/** For a repository or tag in another extension's tree: it is cached from there, in the registry that the user chooses. */
export const setUpRepositoryCache: Command = async (services, node) => {
  const row = repositoryRowOf(node);
  const { runSetUp } = await import('../setUp/setUp.ts');
  await runSetUp(services, row && { upstreamId: row.registryId, sourceRepositories: [row.repository] });
};

/** For the view's title, to whose commands VS Code hands the selected row: asks for the downstream registry too. */
export const setUpAnyCache: Command = (services) => setUpCache(services);

/** Pulls through a rule and proves that it caches; of a cached tag's row that tag. */
export const verifyRule: Command = async (services, node) => {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Verify by Pulling'));
  const { runVerify } = await import('../verify/verify.ts');
  await runVerify(services, { ruleId: rule.id, repository: textOf(node, 'repository'), tag: textOf(node, 'tag') });
};
