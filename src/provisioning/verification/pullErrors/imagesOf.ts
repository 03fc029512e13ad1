import { formatImageReference, imageOf, isRegistryHost, parseImageReference } from '../../../domain/imageReference.ts';
import type { ImageReference } from '../../../domain/types.ts';
import { isWellKnownHost, registryHost } from './hosts.ts';

/** How sure it is that a text is an image that was to be pulled. */
type Place =
  /** Its place in the sentence, or its scheme, says so: `image "…"`, `manifest for …`. */
  | 'named'
  /** The address of a request to a registry. */
  | 'requested'
  /** Only its host is that of a registry. */
  | 'mentioned';

export interface FoundImage {
  readonly image: ImageReference;
  readonly place: Place;
}

/** Longer words are no image, and no address of one. */
const maxWord = 2000;

/**
 * The images of one message, in its order. What Azure calls the *source* of a cache rule is none of them: it was asked by the
 * registry, not by the client. `isKnown`: login servers that Azure named.
 */
export function imagesOf(text: string, isKnown: (host: string) => boolean): FoundImage[] {
  const found: FoundImage[] = [...scopesOf(text), ...shortNamesOf(text)];
  const words = [...text.matchAll(/[^\s"'`,;<>()[\]{}|\\]+/g)].map(([word]) => word);
  words.forEach((word, index) => {
    if (word.length > maxWord || !word.includes('/')) return;
    const requested = readRequest(word);
    if (requested) {
      found.push({ image: requested, place: 'requested' });
      return;
    }
    const read = readWord(word);
    // Podman calls what it was asked for a source too, and gives it a scheme.
    if (!read || (!read.hasScheme && isSource(words, index))) return;
    if (read.hasScheme || isNamed(words, index)) found.push({ image: read.image, place: 'named' });
    else if (isWellKnownHost(read.image.host ?? '', isKnown)) found.push({ image: read.image, place: 'mentioned' });
  });
  return found;
}

/** What was asked for: the place decides, then what has a tag or a digest; what is known of the same repository is added. */
export function bestImage(found: readonly FoundImage[], text: string): ImageReference | undefined {
  const ofPlace = (place: Place): ImageReference[] =>
    found.filter((each) => each.place === place).map(({ image }) => image);
  const named = ofPlace('named');
  const choice = [named, ofPlace('requested'), ofPlace('mentioned')].find((images) => images.length > 0) ?? [];
  const best = choice.find(isExact) ?? choice[0];
  if (!best) return undefined;
  const others = found.map(({ image }) => image).filter((other) => other.repository === best.repository);
  // Docker names the repository without its registry in some lines.
  const full = best.host === undefined ? (others.find(({ host }) => host !== undefined) ?? best) : best;
  if (isExact(full)) return full;
  const exact = others.find((other) => other.host === full.host && isExact(other));
  return exact ?? withTag(full, text);
}

function isExact({ tag, digest }: ImageReference): boolean {
  return tag !== undefined || digest !== undefined;
}

const tagWords: readonly RegExp[] = [
  /\bmanifest tagged by "([\w.-]{1,128})"/i,
  /\bmanifest ([\w.-]{1,128}) in /i,
  /(?<!\S)([\w.-]{1,128}): Pulling from /,
];

/** The tag where the registry or the client names it apart from the image. */
function withTag(image: ImageReference, text: string): ImageReference {
  const name = tagWords.map((form) => form.exec(text)?.[1]).find((tag) => tag !== undefined);
  return (name !== undefined && valid(`${formatImageReference(image)}:${name}`)) || image;
}

/** `https://host/v2/team/app/manifests/1.0`, also without `https://`, and the registry's own API. */
function readRequest(word: string): ImageReference | undefined {
  const match =
    /^(?:https?:\/\/)?([^/]{1,261})\/v2\/(.{1,255}?)\/(?:manifests|blobs|tags|referrers)\/([^?#]{1,200})/i.exec(word) ??
    /^(?:https?:\/\/)?([^/]{1,261})\/acr\/v1\/(.{1,255}?)\/_(?:manifests|tags)\b/i.exec(word);
  if (!match) return undefined;
  const [, host = '', repository = '', rest = ''] = match;
  const name = `${host}/${repository}`;
  const reference = trimEnd(rest.split('/')[0] ?? '');
  // A blob is a part of an image, and `tags/list` names none.
  if (!/\/manifests\//i.test(word) || reference === '') return valid(name);
  return valid(imageOf(name, reference)) ?? valid(name);
}

/** What a token was asked for: `scope=repository:team/app:pull&service=host`, in an address, a challenge or an error's detail. */
function scopesOf(text: string): FoundImage[] {
  const host =
    /\bservice["']?[=:]\s?["']?([a-z0-9.-]{1,253}(?::\d{1,5})?)/i.exec(text)?.[1] ??
    /^https:\/\/([a-z0-9.-]{1,253}(?::\d{1,5})?)\/(?:oauth2|v2)\b/i.exec(/\bhttps:\/\/\S+/i.exec(text)?.[0] ?? '')?.[1];
  if (host === undefined) return [];
  const repositories = [
    ...text.matchAll(/\brepository(?:\(\w{1,20}\))?:([a-z0-9][a-z0-9._/-]{0,254}):(?:pull|push|delete|\*|metadata_)/g),
    ...text.matchAll(
      /\bName["']?:\s?["']?(?!catalog\b["',\s])([a-z0-9][a-z0-9._/-]{0,254})["']?\s?,?\s?["']?(?:Type["']?:["']?repository|Action)/g,
    ),
  ];
  return repositories.flatMap(([, repository = '']) => {
    const image = valid(`${host}/${repository}`);
    return image ? [{ image, place: 'requested' as const }] : [];
  });
}

const shortNames: readonly RegExp[] = [
  /\b[Ii]mage ["']([\w./:@-]{1,500})["']/g,
  /\bpull access denied for ([\w./:@-]{1,500})/g,
  /\b(?:docker|podman|nerdctl) pull ([a-z0-9][\w.-]{0,200}[:/@][\w./:@-]{1,500})/g,
];

/** Names without a registry, only where nothing else can be meant. */
function shortNamesOf(text: string): FoundImage[] {
  const matches = shortNames.flatMap((form) => [...text.matchAll(form)]);
  return matches.flatMap(([, name = '']) => {
    const image = parse(trimEnd(name));
    return image && image.host === undefined ? [{ image, place: 'named' as const }] : [];
  });
}

/** `docker://host/team/app:1.0`, `image=host/app`, with the punctuation that follows in a sentence. */
function readWord(word: string): { readonly image: ImageReference; readonly hasScheme: boolean } | undefined {
  const assigned = /^(?:--)?[\w-]{1,40}=(.+)$/.exec(word)?.[1] ?? word;
  const scheme = /^(docker|docker-pullable|docker-image|oci|docker-distribution|https?):\/\/(?=[^/])/i.exec(
    assigned,
  )?.[1];
  const bare = trimEnd(scheme === undefined ? assigned : assigned.slice(scheme.length + 3));
  const isAddress = scheme !== undefined && /^http/i.test(scheme);
  // Addresses of the registry's own services, and of documentation, are no images.
  if (bare.includes('://') || (isAddress && /\/(?:oauth2|v[12]|acr)\b|\/(?:token|auth)$|[?#=]/.test(bare)))
    return undefined;
  const image = valid(bare);
  return image && { image, hasScheme: scheme !== undefined && !isAddress };
}

/** Words before an image. Of `for` and `in` the word before it tells whether an image follows. */
const before = new Set([
  'image',
  'images',
  'reference',
  'ref',
  'pull',
  'pulling',
  'pulled',
  'tag',
  'solve',
  'chart',
  'artifact',
]);
const beforeFor = new Set(['required', 'manifest', 'metadata', 'denied', 'image', 'date', 'digest', 'config']);

function isNamed(words: readonly string[], index: number): boolean {
  // The last part of a path such as `spec.containers.image:`.
  const at = (place: number): string =>
    (words[place] ?? '')
      .toLowerCase()
      .replace(/[:=.]$/, '')
      .split('.')
      .at(-1) ?? '';
  const [one, two, three] = [at(index - 1), at(index - 2), at(index - 3)];
  if (before.has(one) || words[index - 1] === 'FROM') return true;
  if (one === 'for') return beforeFor.has(two);
  if (one === 'in') return three === 'manifest' || two === 'manifest';
  if (one === 'from') return before.has(two);
  // containerd: `host/app:1: not found`
  if (
    one === 'repository' ||
    (/:$/.test(words[index] ?? '') && at(index + 1) === 'not' && /^found/.test(at(index + 2)))
  )
    return true;
  // Options between the verb and the image.
  const verb = words.slice(Math.max(0, index - 8), index).findLastIndex((word) => word === 'pull');
  return (
    verb >= 0 &&
    /^(?:docker|podman|nerdctl|crictl|ctr|oras|helm|crane|images?|image)$/.test(at(Math.max(0, index - 8) + verb - 1))
  );
}

function isSource(words: readonly string[], index: number): boolean {
  const at = (place: number): string => (words[place] ?? '').toLowerCase().replace(/[:=]$/, '');
  const [one, two] = [at(index - 1), at(index - 2)];
  // Helm and oras: `failed to perform "Resolve" on source: host/app:1.0`.
  return (
    (/^(?:source|upstream)$/.test(one) && two !== 'on') ||
    (/^(?:registry|repository|image)$/.test(one) && /^(?:source|upstream)$/.test(two))
  );
}

function trimEnd(word: string): string {
  return word
    .replace(/(?:\.{3}|…)$/, '')
    .replace(/[.:!?]$/, '')
    .replace(/[.:!?/]$/, '');
}

function valid(text: string): ImageReference | undefined {
  const image = parse(text);
  return image?.host === undefined ? undefined : image;
}

function parse(text: string): ImageReference | undefined {
  const parsed = parseImageReference(text);
  // A digest alone looks like a repository with a tag.
  if (!parsed.ok || /^sha(?:256|512)$/.test(parsed.value.repository)) return undefined;
  const { host, ...rest } = parsed.value;
  if (host === undefined) return rest;
  // `HTTP/1.1` would be one of the registry `http`.
  return isRegistryHost(host) ? { host: registryHost(host), ...rest } : undefined;
}
