import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { orError, undefinedIf } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import type { Registry } from '../../domain/types.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { readRegistry } from '../engine/reads.ts';
import type { CacheLink, Finding, WalkContext } from '../types.ts';
import { blocking, caution, ok, problem, warning, type PlanCheck, type RuleCheck } from './check.ts';

/** Tiers that have artifact cache (Microsoft, artifact-cache-overview). */
const tiers = new Set(['basic', 'standard', 'premium']);

export const registryReady: RuleCheck & PlanCheck = {
  id: 'registryReady',
  title: () => l10n.t('Registry state'),
  pull: 'dependsOn',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const name = armIdName(facts.registryId);
    const registry = await undefinedIf(['notFound'], facts.registry());
    if (!registry) {
      return problem(
        'registryGone',
        l10n.t('Registry {0} no longer exists, or you cannot see its subscription.', name),
        l10n.t("Refresh the view. A registry's cache rules are deleted with it."),
      );
    }
    if (!tiers.has(registry.sku.toLowerCase())) {
      return problem(
        'registryTier',
        l10n.t('{0} is of the tier {1}, which has no artifact cache.', name, registry.sku),
        l10n.t('Change the tier to Basic, Standard or Premium.'),
        { evidence: evidenceOf(registry) },
      );
    }
    return judgeState(registry);
  },
  async beforeWrite({ context, wanted }) {
    const both = [wanted.downstream, wanted.source].map((expected) => judgeExpected(context, expected));
    return (await Promise.all(both)).flat();
  },
};

function evidenceOf({ id, loginServer, sku, provisioningState = 'Succeeded', location }: Registry) {
  return [{ text: `${loginServer}, ${sku}, ${provisioningState}, ${location}`, resourceId: id }];
}

function judgeState(registry: Registry): Finding {
  const { name, sku, loginServer, provisioningState: state = 'Succeeded' } = registry;
  const evidence = evidenceOf(registry);
  if (state === 'Succeeded') {
    return ok(
      'registryReady',
      l10n.t('{0} ({1}) is ready; its login server is {2}.', name, sku, loginServer),
      evidence,
    );
  }
  if (state === 'Failed' || state === 'Canceled') {
    // ARM's state of the last change, not of the registry: it works on, and the next change that succeeds ends the state.
    return warning(
      'registryState',
      l10n.t('The last change to {0} ended as {1}.', name, state),
      l10n.t('Repeat the change. If it fails again, give Microsoft support the correlation ID.'),
      { evidence, severity: 'warning' },
    );
  }
  if (state === 'Deleting') {
    return problem(
      'registryState',
      l10n.t('{0} is being deleted.', name),
      l10n.t('Refresh the view once it is deleted. Its cache rules are deleted with it.'),
      { evidence, severity: 'blocking' },
    );
  }
  const next = l10n.t('Wait until it is ready, then try again.');
  return state === 'Updating'
    ? warning('registryState', l10n.t('{0} is being updated.', name), next, { evidence, severity: 'warning' })
    : problem('registryState', l10n.t('{0} is in state {1}.', name, state), next, { evidence, severity: 'blocking' });
}

/** A registry of a plan is there, is the one that was chosen, of this cloud, and ready. */
async function judgeExpected(context: WalkContext, expected: CacheLink['downstream']): Promise<Finding[]> {
  const registry = await orError(readRegistry(context, expected.id));
  if (registry instanceof Error) return [unreadable(armIdName(expected.id), registry)];
  const findings = [judgeState(registry)];
  if (registry.loginServer.toLowerCase() !== expected.loginServer.toLowerCase()) {
    const text = l10n.t(
      '{0} was recreated with another login server. It is {1}, not {2}. Start the setup again.',
      armIdName(expected.id),
      registry.loginServer,
      expected.loginServer,
    );
    findings.push(blocking('loginServer', text));
  }
  const { registrySuffix, name: cloud } = context.azure.cloud;
  if (registrySuffix && !registry.loginServer.toLowerCase().endsWith(registrySuffix)) {
    const text = l10n.t(
      '{0} does not look like a registry of {1}. Managed identities do not work across clouds.',
      registry.loginServer,
      cloud,
    );
    findings.push(caution('cloud', text));
  }
  return findings;
}

function unreadable(name: string, error: Error): Finding {
  const text = isAzureError(error, 'notFound')
    ? l10n.t('Registry {0} no longer exists, or you cannot see it. Refresh, then choose again.', name)
    : l10n.t('Could not read registry {0}. {1}', name, explainFailure(error));
  return blocking('registryUnreadable', text);
}
