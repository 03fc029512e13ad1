import type { Answer, Core } from '../../core.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { attributesOf } from '../../registry/attributes.ts';
import { matchRule } from '../../registry/caching/cacheRules.ts';
import { property } from '../../registry/context.ts';
import type { RegistryPlace } from '../../registry/context.ts';
import { isDigest } from '../../registry/digest.ts';
import { readManifest } from '../../registry/manifestDocument.ts';
import { tagGrammar } from '../../registry/manifests.ts';
import { isNetworkRestricted, trustsServices } from '../../registry/network.ts';
import { grantScope } from '../../registry/access/permissions.ts';
import { isRepositoryName } from '../../registry/routes.ts';
import { putBlob, putManifest, repositoryFor, resolveReference, tagManifest } from '../../registry/store.ts';
import type { RegistryContentState, RepositoryState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { jsonBody } from '../call.ts';
import { refused } from '../errors.ts';
import type { ProviderError } from '../errors.ts';
import { placed, registryOf, registryScope, registryType } from './registries.ts';

/** Copies an image into a registry (operation Registries_ImportImage of the specification). */
export const importImageRoute: Route = {
  method: 'POST',
  path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/importImage',
  type: `${registryType}/importImage`,
  action: `${registryType}/importImage/action`,
  scope: registryScope,
  handle: importImage,
};

interface Image {
  readonly repository: string;
  /** Tag or digest; undefined where only the repository is named. */
  readonly reference: string | undefined;
}

/** The image to copy, found in its registry. */
interface Source {
  readonly content: RegistryContentState;
  readonly repository: RepositoryState;
  readonly digest: string;
}

/** What is wrong is said at once; which of it Azure says only at the operation's end was not found, nor the words. */
async function importImage(call: ArmCall): Promise<Answer> {
  const { core } = call;
  const registry = registryOf(call);
  const body = await jsonBody(call);
  const mode = body['mode'] ?? 'NoForce';
  if (mode !== 'NoForce' && mode !== 'Force') throw invalid(`The import mode is NoForce or Force.`);
  const wanted = imageNamed(stringAt(objectAt(body, 'source'), 'sourceImage'));
  const tag = wanted.reference === undefined || isDigest(wanted.reference) ? 'latest' : wanted.reference;
  const tagged = textsAt(body, 'targetTags').map(imageNamed);
  const untagged = textsAt(body, 'untaggedTargetRepositories').map(imageNamed);
  if (tagged.length + untagged.length === 0) throw invalid('There is no target tag or repository.');
  if (
    tagged.some(({ reference = tag }) => isDigest(reference)) ||
    untagged.some(({ reference }) => reference !== undefined)
  )
    throw invalid('A target is a tag, or a repository without one.');

  const target = { core, registry };
  const content = core.state.content.get(registry.id.toLowerCase());
  if (!content || isClosed(target)) throw invalid(`The registry '${registry.name}' cannot be reached.`);
  for (const { repository } of [...tagged, ...untagged]) checkTarget(target, repository);
  const targets = tagged.map(({ repository, reference = tag }) => ({ repository, tag: reference }));
  for (const one of targets) checkTag(content, one, mode === 'Force');
  const source = findSource(call, objectAt(body, 'source'), wanted);

  const headers = call.operations.start(call, placed(registry), 'registries', 'Importing', (failure) => {
    if (failure) return;
    const now = core.clock.now();
    for (const { repository } of [...tagged, ...untagged])
      copyManifest(source, source.digest, content, repositoryFor(content, repository, now), now);
    for (const one of targets) tagManifest(repositoryFor(content, one.repository, now), one.tag, source.digest, now);
  });
  return { status: 202, headers, json: null };
}

/** `repository`, `repository:tag` or `repository@digest`. @throws ProviderError 400 InvalidParameters */
function imageNamed(text = ''): Image {
  const [, repository = '', tag, digest] = /^([^:@]*)(?::([^@]*)|@(.*))?$/s.exec(text) ?? [];
  const isRight =
    isRepositoryName(repository) &&
    (tag === undefined || tagGrammar.test(tag)) &&
    (digest === undefined || isDigest(digest));
  if (!isRight) throw invalid(`'${text.slice(0, 300)}' is no image.`);
  return { repository, reference: tag ?? digest };
}

function textsAt(body: JsonObject, name: string): string[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw invalid(`'${name}' is a list of texts.`);
  return value;
}

/** Only through trusted services does an import reach a registry whose network is restricted (learn.microsoft.com, import images). */
function isClosed(place: RegistryPlace): boolean {
  return isNetworkRestricted(place) && !trustsServices(place);
}

/** A cache rule's target takes nothing but what it caches (Azure/acr#845). */
function checkTarget(target: RegistryPlace, repository: string): void {
  const match = matchRule(target, repository);
  if (match === undefined || property(target, 'writableCacheRepos') === 'Enabled') return;
  throw refused('Denied', `The repository '${repository}' is the target of cache rule '${match.rule.name}'.`, 403);
}

function checkTag(
  content: RegistryContentState,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  overwrites: boolean,
): void {
  const stored = content.repositories.get(repository);
  if (!stored?.tags.has(tag) || (overwrites && attributesOf(stored, 'tag', tag).writeEnabled)) return;
  throw refused('Conflict', `Tag ${repository}:${tag} already exists in target registry.`, 409);
}

/** The image in a registry of this sandbox, read as the caller. @throws ProviderError as far as it cannot be read */
function findSource(
  { core, caller }: ArmCall,
  source: JsonObject,
  { repository, reference = 'latest' }: Image,
): Source {
  const [id, uri] = [stringAt(source, 'resourceId'), stringAt(source, 'registryUri')];
  if ((id === undefined) === (uri === undefined)) throw invalid('A source has either resourceId or registryUri.');
  const { content } = core.state;
  const found =
    id === undefined
      ? [...content.values()].find(({ loginServer }) => loginServer === uri?.toLowerCase())
      : content.get(id.toLowerCase());
  const registry = core.state.resources.get(found?.registryId.toLowerCase() ?? '');
  if (!found || !registry)
    throw notFound(`The source registry '${(id ?? uri ?? '').slice(0, 300)}' could not be found.`);
  const place = { core, registry };
  const principalId = id === undefined ? principalOf(core, source['credentials']) : caller.oid;
  const isReadable =
    principalId !== undefined && grantScope(place, { principalId, forRule: false }, `repository:${repository}:pull`);
  if (!isReadable || isClosed(place))
    throw refused('Unauthorized', `Access to '${found.loginServer}/${repository}' was denied.`, 403);
  const stored = found.repositories.get(repository);
  const digest = resolveReference(stored, reference);
  if (!stored || digest === undefined)
    throw notFound(`The source image '${found.loginServer}/${repository}' has no '${reference}'.`);
  return { content: found, repository: stored, digest };
}

/** Anonymous without credentials; a password alone is an Entra access token. Registries here know no user names. */
function principalOf({ tokens }: Core, credentials: unknown): string | undefined {
  if (!isObject(credentials)) return '';
  if (stringAt(credentials, 'username') !== undefined) return undefined;
  return tokens.verify(stringAt(credentials, 'password') ?? '')?.oid;
}

/** All platforms of an index, with their layers. */
function copyManifest(
  source: Source,
  digest: string,
  content: RegistryContentState,
  target: RepositoryState,
  now: number,
): void {
  const manifest = source.repository.manifests.get(digest);
  if (!manifest) return;
  const document = readManifest(manifest.bytes, manifest.mediaType);
  for (const part of document?.manifests ?? []) copyManifest(source, part.digest, content, target, now);
  for (const part of [...(document?.config ? [document.config] : []), ...(document?.layers ?? [])]) {
    const bytes = source.content.blobs.get(part.digest);
    if (bytes) putBlob(content, target, bytes, part.digest);
  }
  putManifest(target, digest, manifest.mediaType, manifest.bytes, now);
}

function invalid(message: string): ProviderError {
  return refused('InvalidParameters', message);
}

function notFound(message: string): ProviderError {
  return refused('NotFound', message, 404);
}
