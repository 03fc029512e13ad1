import * as vscode from 'vscode';
import { parseImageReference } from '../../domain/imageReference.ts';
import { createRuleIndex } from '../../domain/ruleMatching.ts';
import { shown } from '../../common/shown.ts';
import { pickRule } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';
import type { Services } from '../services/services.ts';
import { runVerify } from './verify.ts';

/**
 * Pulls an image of a file through the rule that serves it; `node` is `{ruleId, image}`, the image by its name in the cache. Which
 * registry is asked follows from the rule alone, never from the file. Without a tag in the image it asks for one.
 * @throws AzureError; Error if the image is not one of the rule; CancellationError
 */
export async function pullImage(services: Services, node: unknown): Promise<void> {
  const image = parseImageReference(textOf(node, 'image') ?? '');
  if (!image.ok) throw new Error(image.problem.message);
  const { rule, registry } = await pickRule(services, node, vscode.l10n.t('Pull Image Through the Cache'));
  const { host, repository, tag } = image.value;
  const isServed = createRuleIndex([rule]).match(repository) !== undefined;
  if (host !== registry.loginServer.toLowerCase() || !isServed) {
    const name = shown(textOf(node, 'image') ?? '', 160);
    throw new Error(vscode.l10n.t('Cache rule {0} in {1} does not serve "{2}".', rule.name, registry.name, name));
  }
  await runVerify(services, { ruleId: rule.id, repository, tag });
}
