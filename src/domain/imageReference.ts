import { isIP, isIPv6 } from 'node:net';
import * as l10n from '@vscode/l10n';
import { accepted, rejected, type Parsed } from './parsed.ts';
import { shown } from '../common/shown.ts';
import type { ImageReference } from './types.ts';

/** Distribution's `RepositoryNameTotalLengthMax`: the path without host, tag and digest. */
const maxRepositoryLength = 255;
const maxHostLength = 261; // 253 characters of DNS name, a colon, a port, brackets
const maxReferenceLength = 1024;

// All expressions are linear: no repetition overlaps with what follows it.
const segmentForm = /^[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*$/;
const repositoryForm = /^[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:__|[._]|-+)[a-z0-9]+)*)*$/;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestForm = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const schemeForm = /^[a-z][a-z0-9+.-]*:\/\//i;
const hostNameForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A tag: 1–128 characters of [A-Za-z0-9_.-], not starting with `.` or `-`. */
export function isTag(text: string): boolean {
  return tagForm.test(text);
}

/** `sha256:` with 64 or `sha512:` with 128 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return digestForm.test(text);
}

/**
 * A registry host with optional port that cannot be mistaken for a repository's first segment: it has a dot or a port, or is
 * `localhost` or a bracketed IPv6 address. Any casing.
 */
export function isRegistryHost(text: string): boolean {
  return text.length <= maxHostLength && looksLikeHost(text) && isHost(text.toLowerCase());
}

/**
 * A host that Azure may name as a registry's login server, to which tokens are then sent: as `isRegistryHost`, but a name. An address,
 * however it is written, would be of this machine or its network.
 */
export function isLoginServer(text: string): boolean {
  const hostname = isRegistryHost(text) ? URL.parse(`https://${text}`)?.hostname : undefined;
  return hostname !== undefined && !hostname.startsWith('[') && isIP(hostname) === 0;
}

/** Whether a host, with or without a port, is this machine by name. */
export function isLocalHost(host: string): boolean {
  return /^(?:[^:]*\.)?localhost(?::\d+)?$/i.test(host);
}

/**
 * Reads one image reference by the distribution grammar (`[host[:port]/]path[:tag][@digest]`). The first segment is a host if it
 * has a dot, a colon or an upper-case letter or is `localhost`, as in Docker; nothing is added to short names.
 */
export function parseImageReference(text: string): Parsed<ImageReference> {
  if (text === '') return rejected('reference.empty', l10n.t('The image reference is empty.'));
  if (text.length > maxReferenceLength) {
    return rejected(
      'reference.tooLong',
      l10n.t('The image reference is longer than {0} characters.', maxReferenceLength),
    );
  }
  if (text.includes('://') && schemeForm.test(text)) return hasScheme('reference.hasScheme', text);
  if (text.length === 64 && /^[a-f0-9]+$/.test(text)) {
    return rejected('reference.isImageId', l10n.t('This is an image ID, not the name of an image in a registry.'));
  }
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) {
    return rejected(
      'reference.digest',
      l10n.t('"{0}" is not a digest. It looks like sha256: and 64 hexadecimal digits.', shown(digest)),
    );
  }
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  // No path has upper-case letters, so Docker takes `BUILDHOST/app` for an image of a registry (distribution/reference, splitDockerDomain).
  const hasHost = looksLikeHost(first) || first !== first.toLowerCase();
  if (hasHost && !(first.length <= maxHostLength && isHost(first.toLowerCase()))) {
    return rejected(
      'reference.host',
      l10n.t('"{0}" is not a registry host. It looks like a host name with an optional port.', shown(first)),
    );
  }
  const rest = hasHost ? named.slice(slash + 1) : named;
  const colon = rest.indexOf(':');
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) {
    return rejected(
      'reference.tag',
      l10n.t(
        '"{0}" is not a tag: up to 128 letters, digits, "_", "." and "-", not starting with "." or "-".',
        shown(tag),
      ),
    );
  }
  const repository = parseRepository(colon < 0 ? rest : rest.slice(0, colon));
  if (!repository.ok) return repository;
  const image: { -readonly [K in keyof ImageReference]: ImageReference[K] } = hasHost
    ? { host: first.toLowerCase(), repository: repository.value }
    : { repository: repository.value };
  if (tag !== undefined) image.tag = tag;
  if (digest !== undefined) image.digest = digest;
  return accepted(image);
}

/** Writes a reference; `parseImageReference` reads it back to the same value, but for a host that only its casing told. */
export function formatImageReference(reference: ImageReference): string {
  const host = reference.host === undefined ? '' : `${reference.host}/`;
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${host}${reference.repository}${tag}${digest}`;
}

/** `team/app:1`, or `team/app@sha256:…`: a repository with a tag or a digest. */
export function imageOf(repository: string, reference: string): string {
  return `${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
}

/** Reads one repository path (`team/app`), without host, tag, digest or wildcard, and says what is wrong with anything else. */
export function parseRepository(text: string): Parsed<string> {
  // Nearly every one is right, and thousands of rules are read at once: what is wrong is only looked for in the others.
  if (text.length <= maxRepositoryLength && repositoryForm.test(text)) return accepted(text);
  if (text === '') return rejected('repository.empty', l10n.t('The repository name is empty.'));
  if (text.length > maxReferenceLength) return tooLong();
  if (schemeForm.test(text)) return hasScheme('repository.hasScheme', text);
  if (text.includes('@')) {
    return rejected(
      'repository.hasDigest',
      l10n.t('Leave out the digest ("{0}"): a repository has no digest.', shown(text.slice(text.indexOf('@')))),
    );
  }
  const first = text.slice(0, Math.max(0, text.indexOf('/')));
  if (first.includes(':') && isRegistryHost(first)) {
    return rejected(
      'repository.hasHost',
      l10n.t('Leave out the host ("{0}"): a repository has no host.', shown(first)),
    );
  }
  if (text.includes(':')) {
    return rejected(
      'repository.hasTag',
      l10n.t('Leave out the tag ("{0}"): a repository has no tag.', shown(text.slice(text.indexOf(':')))),
    );
  }
  if (text.includes('*')) {
    return rejected(
      'repository.hasWildcard',
      l10n.t('"{0}" has a wildcard where a single repository is expected.', shown(text)),
    );
  }
  if (text.split('/').includes('')) {
    return rejected(
      'repository.emptySegment',
      l10n.t('"{0}" has an empty part: remove the leading, trailing or double "/".', shown(text)),
    );
  }
  if (/[A-Z]/.test(text)) {
    return rejected(
      'repository.upperCase',
      l10n.t('"{0}" has uppercase letters; repository names are lowercase.', shown(text)),
    );
  }
  const wrong = text.split('/').find((segment) => !segmentForm.test(segment));
  if (wrong !== undefined) {
    return rejected(
      'repository.characters',
      l10n.t(
        '"{0}" is not allowed. Use lowercase letters and digits, separated by ".", "_", "__" or "-".',
        shown(wrong),
      ),
    );
  }
  return text.length > maxRepositoryLength ? tooLong() : accepted(text);
}

function hasScheme(code: string, text: string): ReturnType<typeof rejected> {
  const scheme = text.slice(0, text.indexOf(':') + 3);
  return rejected(code, l10n.t('Leave out "{0}": an image or repository name is not a URL.', shown(scheme)));
}

function tooLong(): Parsed<string> {
  return rejected(
    'repository.tooLong',
    l10n.t('The repository name is longer than {0} characters.', maxRepositoryLength),
  );
}

function looksLikeHost(segment: string): boolean {
  return segment.includes('.') || segment.includes(':') || segment.toLowerCase() === 'localhost';
}

/** `segment` in lower case. */
function isHost(segment: string): boolean {
  const colon = segment.lastIndexOf(':');
  const hasPort = colon > segment.lastIndexOf(']');
  const name = hasPort ? segment.slice(0, colon) : segment;
  if (hasPort && !isPort(segment.slice(colon + 1))) return false;
  if (!name.startsWith('[')) return name.length <= 253 && hostNameForm.test(name);
  // Distribution's grammar allows neither zones nor embedded IPv4 in a reference.
  return /^\[[0-9a-f:]+\]$/.test(name) && isIPv6(name.slice(1, -1));
}

function isPort(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535;
}
