import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { AzureError, isAzureError } from '../../azure/errors.ts';
import { armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { identityNotTold } from '../ruleReport/identityNotTold.ts';
import { deriveLink, readUpstream, type LinkOfRule } from '../link/linkOfRule.ts';
import { createMemo, type Memo } from '../engine/memo.ts';
import { readAssignments, readIdentity, readRegistry, readRules, type ReadContext } from '../engine/reads.ts';

/** What the checks of one rule ask for. Each is read once, whoever asks; a failed read rejects for everyone who asks. */
export interface Facts {
  readonly ruleId: string;
  readonly registryId: string;
  /** Tag to look at, else the newest. */
  readonly tag?: string;
  readonly context: ReadContext;
  registry(): Promise<Registry>;
  rules(): Promise<readonly CacheRule[]>;
  /** @throws AzureError `notFound` when the rule is gone */
  rule(): Promise<CacheRule>;
  /** The registry of Azure that the rule's source names, or undefined: none, not visible, or not of Azure. */
  upstream(): Promise<Registry | undefined>;
  /** Undefined: the rule has none. `gone`: it has one that does not exist. */
  identity(): Promise<Identity | 'gone' | undefined>;
  /** What the rule's identity, as it is now, holds at, above and below the upstream. */
  assignments(upstream: Registry, identity: Identity): Promise<readonly RoleAssignment[]>;
  link(): Promise<LinkOfRule>;
}

export interface FactOptions {
  readonly signal?: AbortSignal;
  readonly tag?: string;
  /** Shared by the rules of one registry, so that what they have in common is read once. */
  readonly memory?: Memo;
}

export function createFacts(azure: Azure, ruleId: string, options: FactOptions = {}): Facts {
  const { memo } = options.memory ?? createMemo();
  const context: ReadContext = { azure, memo, signal: options.signal ?? new AbortController().signal };
  const registryId = parentArmId(ruleId) ?? ruleId;
  const rules = (): Promise<CacheRule[]> => readRules(context, registryId);

  async function rule(): Promise<CacheRule> {
    const found = (await rules()).find((candidate) => sameArmId(candidate.id, ruleId));
    if (found) return found;
    throw new AzureError(l10n.t('The cache rule {0} does not exist any more.', armIdName(ruleId)), {
      kind: 'notFound',
      code: 'CacheRuleNotFound',
    });
  }

  return {
    ruleId,
    registryId,
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    context,
    registry: () => readRegistry(context, registryId),
    rules,
    rule,
    async upstream() {
      const source = parseSourceRepository((await rule()).sourceRepository);
      if (!source.ok || upstreamOf(source.value.loginServer)) return undefined;
      return readUpstream(context, source.value.loginServer);
    },
    async identity() {
      const { identity, identityUnknown, name } = await rule();
      if (identityUnknown) throw identityNotTold(name);
      if (!identity) return undefined;
      const { id } = identity;
      try {
        return (await readIdentity(context, id)) ?? 'gone';
      } catch (error) {
        // It went with its resource group.
        if (isAzureError(error, 'notFound') && error.code === 'ResourceGroupNotFound') return 'gone';
        throw error;
      }
    },
    assignments: (upstream, identity) => readAssignments(context, upstream.id, identity.principalId),
    link: async () => memo({ kind: 'link', id: ruleId }, async () => deriveLink(context, await rule())),
  };
}
