import * as l10n from '@vscode/l10n';
import { parseImageReference } from '../../../../domain/imageReference.ts';
import type { Cause, PullFailure } from '../types.ts';
import { all, any, followed } from './words.ts';

/** What the registry has, or does not have. */
export const platformCauses: readonly Cause[] = [
  {
    code: 'platform',
    holds: any(
      /no match for platform|no matching manifest for|no image found in (?:image index|manifest list)|no (?:child with|manifest for|image for) platform/i,
      /does not (?:match|provide|support) the (?:specified|requested) platform|-based image is incompatible with a|exec format error/i,
      all(/\bimage operating system\b/i, /cannot be used/i),
      all(/\bplatform\b/i, /not (?:found|supported|available) (?:in|by|for) (?:the )?(?:index|image|manifest)/i),
    ),
    reason: ({ text }) => {
      const platform = platformOf(text);
      return platform === undefined
        ? l10n.t('The image exists, but not for the operating system and processor of the machine that pulls.')
        : l10n.t('The image exists, but not for the platform {0}.', platform);
    },
    next: () =>
      l10n.t(
        "Check which platforms the image has (docker manifest inspect), and run it on one of them or build it for this one. A cache rule offers only its upstream's platforms.",
      ),
  },
];

function platformOf(text: string): string | undefined {
  const pair = /\b((?:linux|windows|darwin|freebsd)(?:\(\S{1,40}\))?\/[a-z0-9_]{2,20}(?:\/v\d{1,2})?)/i.exec(text)?.[1];
  if (pair !== undefined) return pair;
  const architecture = /\barchitecture "?([a-z0-9_]{2,20})/i.exec(text)?.[1];
  const system = /\bOS "?([a-z]{3,20})/.exec(text)?.[1];
  return architecture === undefined ? undefined : system === undefined ? architecture : `${system}/${architecture}`;
}

export const formatCauses: readonly Cause[] = [
  {
    code: 'unknown',
    holds:
      /unsupported (?:manifest )?media ?type|mediaType in manifest should be|invalid rootfs in image|missing signature key|schema 1 support is|manifest\.v1\+prettyjws|is not a container image/i,
    reason: () => l10n.t('The registry has it, but not in a format this client can pull as an image.'),
    next: () =>
      l10n.t(
        'Check what the tag is (a Helm chart, a signature or another artifact is not an image), and whether the client is recent enough.',
      ),
  },
];

export const damagedCauses: readonly Cause[] = [
  {
    code: 'network',
    holds:
      /unexpected commit digest|failed size validation|layer verification failed|digest (?:did not match|mismatch|verification failed)|does not match (?:the )?(?:expected )?digest|mismatched? digest|short read: expected|invalid tar header|unexpected EOF|gzip: invalid|invalid checksum|content size mismatch/i,
    mayPass: true,
    reason: () => l10n.t('The download does not match its digest: it was cut off or changed on its way.'),
    next: () =>
      l10n.t(
        "Pull again. If it still fails, check proxies and virus scanners between this machine and the registry, and remove the client's local copy of the image.",
      ),
  },
];

const tagMissing = any(
  /manifest[ _]unknown|manifest tagged by|tag[ _]not[ _]found/i,
  followed(/\b(?:manifest|tag|reference)\b/gi, /^ (?:for )?(?:\S+ )?(?:does not exist|(?:was |is )?not found)/i),
  isNamedMissing,
  ({ text, status }) => status === 404 && !/\blogin attempt to\b/i.test(text),
  ({ kind }) => kind === 'notFound',
);

const unknownRepository = any(
  /\bname unknown\b|NAME_UNKNOWN|repository name not known/i,
  followed(/\brepository\b/gi, /^\W{1,3}[^\s"']+["']? (?:was |is )?not found/i),
);

const partMissing = {
  mayPass: true,
  reason: () => l10n.t('The registry has the image, but one of its manifests or layers is missing.'),
  next: () =>
    l10n.t(
      "Pull again in a few minutes: a cache rule's copy may not be complete yet. If it still fails, check that the upstream has this platform, then evict the cached tag so that it is copied again; without a cache rule, push the image again.",
    ),
} satisfies Partial<Cause>;

export const missingCauses: readonly Cause[] = [
  {
    code: 'layerMissing',
    // Asked was a tag, and a manifest that its index names is not there.
    holds: (failure) =>
      (failure.image?.tag !== undefined || /\bfrom manifest list\b/i.test(failure.text)) &&
      /\bmanifests?[/ ]sha256:[0-9a-f]{64}/i.test(failure.text) &&
      tagMissing(failure),
    ...partMissing,
  },
  {
    code: 'layerMissing',
    holds: any(
      /the specified blob does not exist|\bBlobNotFound\b|could not fetch content descriptor|\b(?:manifest[ _])?blob[ _]unknown\b/i,
      followed(/\bcontent at /gi, /^\S+ not found/i),
      followed(/\berror pulling image configuration: |\bchild manifest\b/gi, /^[^\n]{0,300}not found/i),
      followed(/\/blobs\/sha256:[0-9a-f]{64}/gi, /^[^\n]{0,160}(?:\b404\b|not found)/i),
    ),
    ...partMissing,
  },
  {
    code: 'repositoryMissing',
    holds: unknownRepository,
    reason: ({ vendor }) =>
      vendor === 'azure'
        ? l10n.t('The repository does not exist, here or in the upstream.')
        : l10n.t('The repository does not exist in this registry.'),
    next: ({ vendor }) =>
      vendor === 'azure'
        ? l10n.t('Check the path. A cache rule without a wildcard maps only its own repository, not those below it.')
        : l10n.t('Check the registry and the path in the image name.'),
  },
  {
    code: 'tagMissing',
    holds: tagMissing,
    reason: () => l10n.t('The tag or digest does not exist.'),
    next: ({ vendor }) =>
      vendor === 'azure' || vendor === 'unknown'
        ? l10n.t('Check the tag in the registry and, if a cache rule serves the image, in the upstream registry.')
        : l10n.t('Check the name and the tag in this registry.'),
  },
];

/** containerd: `registry.example/app:1: not found` */
function isNamedMissing({ text }: PullFailure): boolean {
  return [...text.matchAll(/["']?: not found\b/gi)].some(({ index }) => {
    const word = text
      .slice(Math.max(0, index - 600), index)
      .split(/[\s"']/)
      .at(-1);
    const parsed = parseImageReference(word ?? '');
    return parsed.ok && (parsed.value.tag !== undefined || parsed.value.digest !== undefined);
  });
}
