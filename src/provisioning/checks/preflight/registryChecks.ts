import * as l10n from '@vscode/l10n';
import { isAzureError, isCancelled } from '../../../azure/errors.ts';
import { armIdName } from '../../../domain/armId.ts';
import { parseRepositoryPattern, parseSourceRepository, patternContains } from '../../../domain/repositoryPattern.ts';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { explainFailure } from '../../engine/failureAdvice.ts';
import { readIdentity, readRegistry, readRules } from '../../engine/reads.ts';
import type { Finding } from '../../types.ts';
import { blocking, ifReadable, type Inspections, type LinkContext, missingRequirements, warning } from './findings.ts';

/** Both registries exist, are ready, in one tenant and cloud, and their networks let the cache work. */
export async function checkRegistries(context: LinkContext): Promise<Finding[]> {
  const { link } = context;
  const [downstream, upstream] = await Promise.all([
    readOrFinding(context, link.downstream),
    readOrFinding(context, link.source),
  ]);
  const findings = [
    ...downstream.findings,
    ...upstream.findings,
    ...(downstream.registry ? checkDownstream(downstream.registry) : []),
    ...(upstream.registry ? checkUpstream(upstream.registry) : []),
  ];
  if (downstream.registry && upstream.registry && downstream.registry.tenantId !== upstream.registry.tenantId) {
    findings.push(
      blocking(
        'tenant',
        l10n.t(
          '{0} and {1} are in different tenants. A managed identity works only within its tenant: choose an upstream in the same one.',
          downstream.registry.name,
          upstream.registry.name,
        ),
        upstream.registry.id,
      ),
    );
  }
  return findings;
}

async function readOrFinding(
  context: LinkContext,
  expected: { readonly id: string; readonly loginServer: string },
): Promise<{ registry?: Registry; findings: Finding[] }> {
  const name = armIdName(expected.id);
  try {
    const registry = await readRegistry(context, expected.id);
    const findings: Finding[] = [];
    if (registry.loginServer.toLowerCase() !== expected.loginServer.toLowerCase()) {
      findings.push(
        blocking(
          'loginServer',
          l10n.t(
            'The login server of {0} is {1}, not {2}: the registry was made anew. Start the set-up again.',
            name,
            registry.loginServer,
            expected.loginServer,
          ),
          registry.id,
        ),
      );
    }
    const suffix = context.azure.cloud.registrySuffix;
    if (suffix && !registry.loginServer.toLowerCase().endsWith(suffix)) {
      findings.push(
        warning(
          'cloud',
          l10n.t(
            '{0} does not look like a registry of the cloud {1}. Managed identities do not work across clouds.',
            registry.loginServer,
            context.azure.cloud.name,
          ),
          registry.id,
        ),
      );
    }
    return { registry, findings: [...findings, ...checkState(registry)] };
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const message = isAzureError(error, 'notFound')
      ? l10n.t(
          'The registry {0} does not exist any more, or the signed-in account does not see it. Refresh and choose again.',
          name,
        )
      : l10n.t('The registry {0} could not be read. {1}', name, explainFailure(error));
    return { findings: [blocking('registryUnreadable', message, expected.id)] };
  }
}

function checkState(registry: Registry): Finding[] {
  const state = registry.provisioningState ?? 'Succeeded';
  if (state === 'Succeeded') return [];
  if (state === 'Failed' || state === 'Canceled') {
    // ARM's state of the last change, not of the registry: it works on, and the next change that succeeds ends the state.
    const lastChange = l10n.t('The last change of the registry {0} ended as {1}.', registry.name, state);
    return [warning('registryState', lastChange, registry.id)];
  }
  const message = l10n.t(
    'The registry {0} is in state {1}. Wait until it is ready, then try again.',
    registry.name,
    state,
  );
  return [
    state === 'Updating'
      ? warning('registryState', message, registry.id)
      : blocking('registryState', message, registry.id),
  ];
}

/** Microsoft, artifact cache (2026-08-13): a network-restricted target needs trusted services, else the cache stays empty. */
function checkDownstream(registry: Registry): Finding[] {
  const findings: Finding[] = [];
  if (isRestricted(registry) && registry.networkRuleBypassOptions === 'None') {
    findings.push(
      warning(
        'downstreamNetwork',
        l10n.t(
          'The network rules of {0} shut out trusted services, so pulls will pass but nothing will be cached. Turn on "Allow trusted Microsoft services" there (az acr update --allow-trusted-services true).',
          registry.name,
        ),
        registry.id,
      ),
    );
  }
  if (registry.softDelete) {
    findings.push(
      warning(
        'softDelete',
        l10n.t(
          'Soft delete is on in {0}; Azure does not support it together with artifact cache. Turn it off.',
          registry.name,
        ),
        registry.id,
      ),
    );
  }
  return findings;
}

function checkUpstream(registry: Registry): Finding[] {
  if (!isRestricted(registry)) return [];
  return [
    warning(
      'upstreamNetwork',
      l10n.t(
        '{0} restricts its network. What cache rules need there is not documented; if pulls fail, allow trusted Microsoft services there too.',
        registry.name,
      ),
      registry.id,
    ),
  ];
}

/** Whether the registry's public endpoint is closed or open to some addresses only. */
export function isRestricted(registry: Registry): boolean {
  return (
    registry.publicNetworkAccess === 'Disabled' ||
    registry.publicNetworkAccess === 'SecuredByPerimeter' ||
    registry.networkDefaultAction === 'Deny'
  );
}

/** The identity is of the registries' tenant. */
export async function checkIdentityTenant(context: LinkContext): Promise<Finding[]> {
  const [identity, upstream] = await Promise.all([
    ifReadable(() => readIdentity(context, context.link.authentication.identityId)),
    ifReadable(() => readRegistry(context, context.link.source.id)),
  ]);
  if (!identity || !upstream || identity.tenantId === upstream.tenantId) return [];
  return [
    blocking(
      'identityTenant',
      l10n.t(
        'The identity {0} is in another tenant than {1}. Choose one of the same tenant.',
        identity.name,
        upstream.name,
      ),
      identity.id,
    ),
  ];
}

/** Microsoft, artifact cache overview: at most 1,000 rules per registry. */
export const maxRules = 1000;

export async function checkRuleCount(context: LinkContext, inspections: Inspections): Promise<Finding[]> {
  const rules = await ifReadable(() => readRules(context, context.link.downstream.id));
  const missing = await missingRequirements(inspections);
  const more = missing.filter((requirement) => requirement.kind === 'cacheRule').length;
  if (!rules || rules.length + more <= maxRules || more === 0) return [];
  const message = l10n.t(
    '{0} has {1} of at most {2} cache rules; {3} more do not fit. Delete rules that are not needed, or use a wildcard.',
    armIdName(context.link.downstream.id),
    rules.length,
    maxRules,
    more,
  );
  return [blocking('ruleLimit', message, context.link.downstream.id)];
}

/** The upstream does not itself fetch the source from the downstream's target: such a pull would never end. */
export async function checkCycle(context: LinkContext): Promise<Finding[]> {
  const { link } = context;
  const rules = (await ifReadable(() => readRules(context, link.source.id))) ?? [];
  for (const rule of rules) {
    const from = parseSourceRepository(rule.sourceRepository);
    const to = parseRepositoryPattern(rule.targetRepository);
    if (!from.ok || !to.ok || from.value.loginServer.toLowerCase() !== link.downstream.loginServer.toLowerCase())
      continue;
    const loop = link.mappings.find(
      (mapping) => meet(mapping.source, to.value) && meet(mapping.target, from.value.pattern),
    );
    if (loop) {
      return [
        blocking(
          'cycle',
          l10n.t(
            '{0} itself caches this repository from {1} by its rule {2}: each would ask the other. Choose another source.',
            armIdName(link.source.id),
            armIdName(link.downstream.id),
            rule.name,
          ),
          rule.id,
        ),
      ];
    }
  }
  return [];
}

function meet(a: RepositoryPattern, b: RepositoryPattern): boolean {
  return patternContains(a, b) || patternContains(b, a);
}
