import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions } from '../../azure/azure.ts';
import { ifReadable, orError, undefinedIf } from '../../azure/failures.ts';
import { sameArmId } from '../../domain/armId.ts';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { roles } from '../../domain/roles.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { givesRead, isBelow, isRole } from '../access/grants.ts';
import { identityNotTold } from './identityNotTold.ts';
import { readAssignments, readRegistry, readRegistryOf, type ReadContext } from '../engine/reads.ts';
import { createWalkContext } from '../engine/walkContext.ts';
import type { AccessForm, CacheLink } from '../types.ts';

export type LinkOfRule =
  | { readonly ok: true; readonly link: CacheLink; readonly upstream: Registry; readonly downstream: Registry }
  | {
      readonly ok: false;
      readonly reason: string;
      /**
       * `noIdentity`: it authenticates otherwise or not at all. `notAcr`: its source is no registry of Azure.
       * `upstreamNotVisible`: no registry with that login server is visible to the account. `unreadable`: Azure did not answer, or
       * the rule's paths are no paths.
       */
      readonly code: 'noIdentity' | 'upstreamNotVisible' | 'notAcr' | 'unreadable';
      readonly error?: Error;
    };

/**
 * The setup that an existing rule is part of. Its form of access is guessed from the upstream's mode and the assignments that the
 * rule's identity holds there.
 * @throws AzureError `cancelled` only
 */
export function linkOfRule(azure: Azure, rule: CacheRule, options?: CallOptions): Promise<LinkOfRule> {
  return deriveLink(createWalkContext(azure, options), rule);
}

/** `linkOfRule` over what a walk has read already. */
export async function deriveLink(context: ReadContext, rule: CacheRule): Promise<LinkOfRule> {
  const source = parseSourceRepository(rule.sourceRepository);
  const target = parseRepositoryPattern(rule.targetRepository.toLowerCase());
  if (!source.ok) return unknown('unreadable', source.problem.message);
  if (!target.ok) return unknown('unreadable', target.problem.message);
  const { loginServer, pattern } = source.value;
  if ((pattern.kind === 'repository') !== (target.value.kind === 'repository')) {
    return unknown('unreadable', l10n.t('A wildcard can be mapped only to a wildcard.'));
  }
  const other = upstreamOf(loginServer);
  if (other) {
    return unknown('notAcr', l10n.t('{0} is {1}, not an Azure container registry.', loginServer, other.name));
  }
  if (rule.identityUnknown) {
    const error = identityNotTold(rule.name);
    return unknown('unreadable', error.message, error);
  }
  if (!rule.identity) return unknown('noIdentity', l10n.t('Cache rule {0} has no managed identity.', rule.name));
  const read = await orError(Promise.all([readRegistry(context, rule.registryId), readUpstream(context, loginServer)]));
  if (read instanceof Error) return unknown('unreadable', explainFailure(read), read);
  const [downstream, upstream] = read;
  if (!upstream) {
    const reason = l10n.t(
      'You cannot see a registry with the login server {0}. Check that it exists and that its subscription is selected.',
      loginServer,
    );
    return unknown('upstreamNotVisible', reason);
  }
  const link: CacheLink = {
    downstream: { id: downstream.id, loginServer: downstream.loginServer },
    source: { kind: 'registry', id: upstream.id, loginServer: upstream.loginServer },
    mappings: [{ ruleName: rule.name, source: pattern, target: target.value }],
    authentication: { kind: 'identity', identityId: rule.identity.id },
    access: await guessAccess(context, upstream, rule),
  };
  return { ok: true, link, upstream, downstream };
}

type UnknownLink = Extract<LinkOfRule, { readonly ok: false }>;

function unknown(code: UnknownLink['code'], reason: string, error?: Error): UnknownLink {
  return { ok: false, code, reason, error };
}

/** The upstream, or undefined when it is not visible, also when it went away between being found and being read. */
export function readUpstream(context: ReadContext, loginServer: string): Promise<Registry | undefined> {
  return undefinedIf(['notFound'], readRegistryOf(context, loginServer));
}

/** `condition` unless the assignments show another form: it is the documented one. */
async function guessAccess(context: ReadContext, upstream: Registry, rule: CacheRule): Promise<AccessForm> {
  const principalId = rule.identity?.principalId;
  if (!principalId) return 'condition';
  const assignments = await ifReadable(() => readAssignments(context, upstream.id, principalId));
  if (!assignments) return 'condition';
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
    return assignments.some(({ roleId }) => givesRead('acrPull', roleId)) ? 'acrPull' : 'condition';
  }
  const readers = assignments.filter((assignment) => isRole(assignment, roles.repositoryReader.id));
  const here = readers.filter(({ scope }) => sameArmId(scope, upstream.id));
  if (here.some(({ condition }) => condition !== undefined)) return 'condition';
  if (here.length > 0) return 'registry';
  return readers.some(({ scope }) => isBelow(scope, upstream.id)) ? 'repositoryScope' : 'condition';
}
