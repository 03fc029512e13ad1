import type { RuleMatch } from '../domain/ruleMatching.ts';
import type { RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule, ImageReference } from '../domain/types.ts';
import type { Upstream } from '../domain/upstreams.ts';
import type { RegistryEntry } from './types.ts';

/** What one image reference means for the rules known now. Nothing of it was asked of a registry. */
export interface Resolution {
  readonly verdict: ResolutionVerdict;
  /** With Docker's defaults filled in: `docker.io`, `library/`. Always has a host. */
  readonly image: ImageReference & { readonly host: string };
  /** The registry of Azure that the host is the login server of. */
  readonly entry?: RegistryEntry;
  /** The rule that serves it. */
  readonly served?: ServedImage;
  /**
   * Rules whose source it comes from, so that it could be pulled through the cache: the name really leads there, no other rule
   * takes it. Best first: broken rules last, static rules before wildcards, then by login server. At most 50. Never of the
   * registry that the reference names itself.
   */
  readonly cachedBy: readonly CachedUse[];
  /**
   * Another name under the same registry that a rule serves and that was probably meant: the only one that fits. Never set for a
   * repository that was seen in the registry.
   */
  readonly meant?: MeantName;
  /** The repository was seen in the registry, and no rule serves it: an ordinary one, which can be pulled. */
  readonly isListed?: true;
  /** What a new rule could fetch it from: a registry of Azure that ARM names, or a kind of upstream in the catalogue. */
  readonly upstream?:
    | { readonly kind: 'registry'; readonly entry: RegistryEntry }
    | { readonly kind: 'catalogue'; readonly upstream: Upstream };
}

export type ResolutionVerdict =
  /** A rule of the named registry serves it. */
  | 'served'
  /** It names an upstream although a rule maps it. */
  | 'bypassed'
  /** It names a registry that has rules, none of which serves it. It may be an ordinary repository. */
  | 'unserved'
  /** It names a registry of Azure whose rules are not known. */
  | 'rulesUnknown'
  /** A rule could be made for it, in another registry that is known. */
  | 'possible'
  /** Nothing can be said: not a host that is known here. */
  | 'unknown';

export interface ServedImage {
  readonly match: RuleMatch;
  /** What diagnoses and verified pulls found out about the rule. */
  readonly known: RuleKnowledge;
  /** ARM says that the rule itself failed, or the last diagnosis found problems. */
  readonly broken: boolean;
  /** It comes from elsewhere than its name suggests. */
  readonly wrong?: WrongRule;
  /** What was last seen in the downstream, if anybody looked. */
  readonly cached?: CachedState;
}

export type WrongRule =
  /** A static rule takes the name out of a wildcard that would fetch it from elsewhere. */
  | { readonly kind: 'shadowed'; readonly by: CacheRule; readonly other: RuleMatch }
  /** Docker Hub's official images live under `library/`, and nothing else does. */
  | { readonly kind: 'libraryMissing' | 'libraryTooMuch'; readonly sourceRepository: string };

export interface CachedUse {
  readonly entry: RegistryEntry;
  readonly match: RuleMatch;
  readonly known: RuleKnowledge;
  readonly broken: boolean;
  /** The same image by its name in the downstream, tag and digest kept. */
  readonly image: ImageReference & { readonly host: string };
}

export interface MeantName {
  readonly repository: string;
  readonly match: RuleMatch;
}

/** Whether an image was seen in a downstream, and when. */
export interface CachedState {
  readonly state: 'cached' | 'proxied' | 'absent';
  /** ISO 8601. */
  readonly seenAt: string;
}

export interface Resolver {
  /** Pure and quick: microseconds, whatever the number of rules. */
  resolve(image: ImageReference): Resolution;
  /** Whether the host names a registry, a rule's source or an upstream of the catalogue: tells references from texts that look alike. */
  knowsHost(host: string): boolean;
}
