import * as l10n from '@vscode/l10n';
import { armIdSubscription } from '../../../domain/armId.ts';
import {
  carriesRuleIdentity,
  firstRuleIdentityVersion,
  firstRuleVersion,
  ruleIdentityVersions,
} from '../../../domain/ruleVersions.ts';
import { AzureError, isAzureError } from '../../errors.ts';
import { invalid } from '../../failures.ts';
import { isUnknownVersion, type ProviderVersions } from './providerVersions.ts';

/** What this process saw of a cloud's api-versions. */
export interface SeenVersions {
  /** A rule was seen with an identity. */
  readonly carrying: Set<string>;
  /** A rule that was written with an identity was read back without one. */
  readonly dropping: Set<string>;
  /** ARM does not know it, whatever its list says. */
  readonly refused: Set<string>;
}

/** Which api-versions to ask a cloud for cache rules with. */
export interface CacheRuleVersions {
  /**
   * Runs `call` with the version that tells most; with the next one where ARM does not know it.
   * @param needs `identity`: a version that tells the rules' identities will do. The provider's list, a request of its own, is then
   * only asked for where ARM does not know the version that most clouds have.
   */
  run<T>(
    resourceId: string,
    signal: AbortSignal | undefined,
    call: (apiVersion: string) => Promise<T>,
    needs?: 'identity' | 'everything',
  ): Promise<T>;
  /**
   * Runs `write`, which gives a rule an identity and says whether the rule read back has it, until it does.
   * @throws AzureError `CacheRuleIdentityNotOffered` when nothing was written, `CacheRuleIdentityDropped` when a rule without the
   * identity is left.
   */
  write<T>(
    resourceId: string,
    signal: AbortSignal | undefined,
    write: (apiVersion: string) => Promise<{ readonly result: T; readonly hasIdentity: boolean }>,
  ): Promise<T>;
  /** Whether a rule that this version shows without an identity has none. */
  tellsIdentity(apiVersion: string): boolean;
  /** A rule with an identity was read with this version. */
  sawIdentity(apiVersion: string): void;
}

/** By ARM endpoint, since every tenant of a cloud has the same service. Not saved: a service that is mended is believed again. */
const seenIn = new Map<string, SeenVersions>();

/** @param armHost of the cloud */
export function createCacheRuleVersions(provider: ProviderVersions, armHost: string): CacheRuleVersions {
  const seen = seenIn.get(armHost) ?? { carrying: new Set(), dropping: new Set(), refused: new Set() };
  seenIn.set(armHost, seen);

  const inOrder = async (resourceId: string, signal: AbortSignal | undefined): Promise<RuleVersionOrder> =>
    orderVersions(await provider.of(armIdSubscription(resourceId), 'registries/cacheRules', signal), seen);

  return {
    async run<T>(
      resourceId: string,
      signal: AbortSignal | undefined,
      call: (apiVersion: string) => Promise<T>,
      needs = 'everything',
    ) {
      async function attempt(version: string): Promise<{ readonly answer: T } | undefined> {
        try {
          return { answer: await call(version) };
        } catch (error) {
          if (!isUnknownVersion(error)) throw error;
          seen.refused.add(version);
          return undefined;
        }
      }

      const common = firstRuleIdentityVersion;
      const isEnough = needs === 'identity' && isCarrying(common, seen) && !seen.refused.has(common);
      const first = isEnough ? await attempt(common) : undefined;
      if (first) return first.answer;
      const { reading } = await inOrder(resourceId, signal);
      for (const version of reading.slice(0, -1)) {
        const found = await attempt(version);
        if (found) return found.answer;
      }
      return call(reading.at(-1) ?? firstRuleVersion);
    },

    async write(resourceId, signal, write) {
      const { writing } = await inOrder(resourceId, signal);
      const dropping: string[] = [];
      for (const version of writing) {
        try {
          const { result, hasIdentity } = await write(version);
          if (hasIdentity) {
            seen.carrying.add(version);
            return result;
          }
          seen.carrying.delete(version);
          seen.dropping.add(version);
          dropping.push(version);
        } catch (error) {
          if (isUnknownVersion(error)) seen.refused.add(version);
          else if (dropping.length > 0 && isCertain(error)) throw identityDropped(armHost, dropping, error);
          else throw error;
        }
      }
      throw dropping.length > 0 ? identityDropped(armHost, dropping) : identityNotOffered(armHost);
    },

    tellsIdentity: (version) => seen.carrying.has(version) || isCarrying(version, seen),
    sawIdentity: (version) => void seen.carrying.add(version),
  };
}

export interface RuleVersionOrder {
  /** Not empty. */
  readonly reading: readonly string[];
  /** To give a rule an identity with; empty where each version is known to drop it. */
  readonly writing: readonly string[];
}

/**
 * Versions known to carry an identity first, then those of which it is not known, then, to write with, known ones that the cloud
 * does not list. To read with, the others too, since a rule without its identity is better than none. Pure, for tests.
 * @param offered what the provider lists; undefined: it may not be read
 */
export function orderVersions(offered: readonly string[] | undefined, seen: SeenVersions): RuleVersionOrder {
  const isUsable = (version: string): boolean => !seen.refused.has(version);
  // The oldest preview is the one that most regions have.
  const unlisted = ruleIdentityVersions.toReversed().filter((version) => !offered?.includes(version));
  const listed = (offered ?? []).filter(isVersion).toSorted(generalFirst);
  const carrying = listed.filter((version) => isCarrying(version, seen)).toSorted(newestFirst);
  const unproven = listed.filter((version) => !isCarrying(version, seen) && !isDropping(version, seen));
  const others = listed.filter((version) => isDropping(version, seen));
  const known = unlisted.filter((version) => isCarrying(version, seen));
  const reading = (offered ? [...carrying, ...unproven, ...others] : known).filter(isUsable);
  return {
    reading: offered && reading.length > 0 ? reading : [...reading, firstRuleVersion],
    writing: [...carrying, ...unproven, ...known].filter(isUsable),
  };
}

function isCarrying(version: string, { carrying, dropping }: SeenVersions): boolean {
  return !dropping.has(version) && (carrying.has(version) || carriesRuleIdentity(version) === true);
}

function isDropping(version: string, { carrying, dropping }: SeenVersions): boolean {
  return dropping.has(version) || (carriesRuleIdentity(version) === false && !carrying.has(version));
}

function isVersion(version: string): boolean {
  return /^\d{4}-\d\d-\d\d(-preview)?$/.test(version);
}

function newestFirst(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}

/** Versions that are no previews before previews. */
function generalFirst(a: string, b: string): number {
  return Number(a.endsWith('-preview')) - Number(b.endsWith('-preview')) || newestFirst(a, b);
}

/** Nothing was written: no version of this cloud is known to carry an identity. */
function identityNotOffered(armHost: string): AzureError {
  return invalid(
    'CacheRuleIdentityNotOffered',
    l10n.t(
      'This cloud ({0}) does not offer cache rules with a managed identity yet. Use a cloud that does, or a rule with a credential set.',
      armHost,
    ),
  );
}

/** The write did not take place, or ended without success. */
function isCertain(error: unknown): error is AzureError {
  return isAzureError(error) && !error.writeAccepted && error.kind !== 'cancelled';
}

/** Azure took the rule, but not its identity; `cause`: nor could it be written with another version. */
function identityDropped(armHost: string, versions: readonly string[], cause?: AzureError): AzureError {
  const dropped = l10n.t(
    'Azure accepted the cache rule without its managed identity: in this cloud ({0}), API version {1} drops it, and no other version keeps it.',
    armHost,
    versions.join(', '),
  );
  return new AzureError(cause ? `${dropped} ${cause.message}` : dropped, {
    kind: 'operationFailed',
    code: 'CacheRuleIdentityDropped',
    cause,
  });
}
