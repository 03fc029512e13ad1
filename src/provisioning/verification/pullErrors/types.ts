import type { AzureErrorKind } from '../../../azure/errors.ts';
import type { ImageReference } from '../../../domain/types.ts';

/** Why a pull failed. Stable: tests, logs and language-model tools see it. */
export type PullProblemCode =
  /** The upstream of a cache rule refused, did not accept, throttled, or failed the registry's own request. */
  | 'sourceDenied'
  | 'sourceUnauthenticated'
  | 'sourceThrottled'
  | 'sourceFailed'
  | 'tagMissing'
  | 'repositoryMissing'
  /** The image is there, but not for this operating system or processor. */
  | 'platform'
  /** A layer, or a manifest that the index names, is not there. */
  | 'layerMissing'
  | 'denied'
  | 'unauthenticated'
  | 'throttled'
  | 'blockedByNetwork'
  | 'network'
  /** The registry, or a gateway before it, answered with a server error. */
  | 'unavailable'
  | 'badReference'
  /** A hosting service only says that it could not get the image. */
  | 'inaccessible'
  /** The machine that pulls, not a registry. */
  | 'local'
  | 'unknown';

/** Why a pull failed, as far as the text or the error tells. */
export interface PullProblem {
  readonly code: PullProblemCode;
  /** What happened, one sentence. */
  readonly reason: string;
  /** What to do. */
  readonly next: string;
  /** Time may heal it: a role assignment takes minutes to take effect, throttling ends. */
  readonly mayPass: boolean;
  readonly ruleName?: string;
  readonly source?: string;
  readonly correlationId?: string;
}

/** Whose registry answered. `unknown`: the text does not tell. */
export type Vendor = 'azure' | 'dockerHub' | 'other' | 'unknown';

/** One failure, cut out of what surrounds it. */
export interface PullFailure {
  /** Its own words. */
  readonly text: string;
  /** The HTTP status of the registry's answer, if there was one. */
  readonly status?: number;
  readonly vendor: Vendor;
  /** The registry that was asked. */
  readonly host?: string;
  readonly image?: ImageReference;
  /** The signed-in user asked, by this extension. */
  readonly isOwn?: boolean;
  /** For an error of this extension's own requests, whose text may not tell. */
  readonly kind?: AzureErrorKind;
}

/** A row of the table of causes. */
export interface Cause {
  readonly code: PullProblemCode;
  /** When it holds: words, or more than words. */
  readonly holds: RegExp | ((failure: PullFailure) => boolean);
  /** For whose registry; absent: for any. */
  readonly vendors?: readonly Vendor[];
  /** Time may heal it. */
  readonly mayPass?: true;
  /** Another failure of the same pull, if there is one, says more. */
  readonly isVague?: true;
  readonly reason: (failure: PullFailure) => string;
  readonly next: (failure: PullFailure) => string;
}
