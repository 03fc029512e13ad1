import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { AzureError, isAzureError } from '../../azure/errors.ts';
import { armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import type { CacheRule, Identity, Registry } from '../../domain/types.ts';
import { createMemo, type Memo } from '../engine/memo.ts';
import { readIdentity, readRegistry, readRules, type ReadContext } from '../engine/reads.ts';
import { deriveLink, readUpstream, type LinkOfRule } from '../link/linkOfRule.ts';
import { identityNotTold } from '../link/identityNotTold.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../types.ts';

/** What checks ask for, of a rule or before a write. Each is read once, whoever asks; a failed read rejects for everyone who asks. */
export interface Facts {
  readonly registryId: string;
  readonly context: ReadContext;
  readonly registry: () => Promise<Registry>;
  readonly rules: () => Promise<readonly CacheRule[]>;
  /** The registry of Azure that is the source, or undefined: none, not visible, or not of Azure. */
  readonly upstream: () => Promise<Registry | undefined>;
  readonly link: () => Promise<LinkOfRule>;
}

export interface RuleFacts extends Facts {
  readonly ruleId: string;
  /** Tag to look at, else the newest. */
  readonly tag: string | undefined;
  /** @throws AzureError `notFound` when the rule is gone */
  readonly rule: () => Promise<CacheRule>;
  /** Undefined: the rule has none. `gone`: it has one that does not exist. */
  readonly identity: () => Promise<Identity | 'gone' | undefined>;
}

export interface FactOptions {
  readonly signal?: AbortSignal;
  readonly tag?: string;
  /** Shared by the rules of one registry, so that what they have in common is read once. */
  readonly memory?: Memo;
}

export function factsOfRule(azure: Azure, ruleId: string, options: FactOptions = {}): RuleFacts {
  const { memo } = options.memory ?? createMemo();
  const context: ReadContext = { azure, memo, signal: options.signal ?? new AbortController().signal };
  const registryId = parentArmId(ruleId) ?? ruleId;
  const rules = (): Promise<CacheRule[]> => readRules(context, registryId);

  async function rule(): Promise<CacheRule> {
    const found = (await rules()).find((candidate) => sameArmId(candidate.id, ruleId));
    if (found) return found;
    throw new AzureError(l10n.t('Cache rule {0} no longer exists.', armIdName(ruleId)), {
      kind: 'notFound',
      code: 'CacheRuleNotFound',
    });
  }

  return {
    ruleId,
    registryId,
    tag: options.tag,
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
      try {
        return (await readIdentity(context, identity.id)) ?? 'gone';
      } catch (error) {
        // It went with its resource group.
        if (isAzureError(error, 'notFound') && error.code === 'ResourceGroupNotFound') return 'gone';
        throw error;
      }
    },
    link: () => memo({ kind: 'link', id: ruleId }, async () => deriveLink(context, await rule())),
  };
}

/** The inspections under way; a check awaits those that decide whether it matters. */
export type Inspections = readonly { readonly requirement: Requirement; readonly inspection: Promise<Inspection> }[];

/** What checks ask for before the first write of a link. */
export interface PlanFacts extends Facts {
  readonly context: WalkContext;
  readonly wanted: CacheLink;
  readonly inspections: Inspections;
  readonly upstream: () => Promise<Registry>;
  /** Whether cache rules have to be written: how many. */
  readonly rulesToWrite: () => Promise<number>;
}

export function factsOfPlan(context: WalkContext, wanted: CacheLink, inspections: Inspections): PlanFacts {
  const registryId = wanted.downstream.id;
  const registry = (): Promise<Registry> => readRegistry(context, registryId);
  const upstream = (): Promise<Registry> => readRegistry(context, wanted.source.id);
  return {
    registryId,
    context,
    wanted,
    inspections,
    registry,
    upstream,
    rules: () => readRules(context, registryId),
    link: async () => ({ ok: true, link: wanted, downstream: await registry(), upstream: await upstream() }),
    async rulesToWrite() {
      const isToWrite = inspections.map(
        async ({ requirement, inspection }) =>
          requirement.kind === 'cacheRule' && (await inspection).verdict === 'missing',
      );
      return (await Promise.all(isToWrite)).filter(Boolean).length;
    },
  };
}
