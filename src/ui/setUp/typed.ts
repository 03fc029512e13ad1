import * as l10n from '@vscode/l10n';
import { chinaCloud, type Cloud, publicCloud, usGovernmentCloud } from '../../azure/clouds.ts';
import { parseArmId } from '../../domain/armId.ts';
import { canonicalHost, withDefaults } from '../../domain/familiarNames.ts';
import { isLoginServer, parseImageReference } from '../../domain/imageReference.ts';
import { accepted, type Parsed, type Problem, rejected } from '../../domain/parsed.ts';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { Registry, RepositoryPattern } from '../../domain/types.ts';
import type { InventoryState } from '../../inventory/types.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import type { OtherSource } from '../../provisioning/export/otherUpstream.ts';

/** A registry of Azure, as it was typed: Azure has not been asked for it. */
export type TypedRegistry =
  /** `source`: typed behind the login server. */
  | { readonly kind: 'loginServer'; readonly host: string; readonly source?: RepositoryPattern }
  | { readonly kind: 'id'; readonly id: string };

/** A registry of the catalogue, as it was typed: the setup makes no rule for it. */
export interface TypedOther extends OtherSource {
  readonly kind: 'other';
}

/** Reads a login server, with what may stand before and behind it in the name of an image, or a registry's resource id. */
export function readUpstream(text: string, cloud: Cloud): Parsed<TypedRegistry | TypedOther> {
  if (text.startsWith('/')) return readId(text.replace(/\/$/, ''));
  const [host, path] = splitHost(text);
  if (!isLoginServer(host)) {
    return rejected(
      'upstream.notALoginServer',
      l10n.t(
        'Type a login server such as "upstreamregistry{0}", or a resource ID that starts with "/subscriptions/".',
        cloud.registrySuffix ?? '.example.com',
      ),
    );
  }
  const upstream = upstreamOf(host);
  const source = path === undefined ? undefined : readPath(upstream ? withLibrary(host, path) : path);
  if (source && !source.ok) return source;
  if (upstream) return accepted({ kind: 'other', upstream, host: canonicalHost(host), source: source?.value });
  return (
    inOtherCloud(host, cloud) ?? accepted({ kind: 'loginServer', host: host.toLowerCase(), source: source?.value })
  );
}

function readId(id: string): Parsed<TypedRegistry> {
  const parsed = parseArmId(id);
  if (!parsed.ok) return parsed;
  const type = [parsed.value.provider, ...parsed.value.types].join('/').toLowerCase();
  if (type === 'microsoft.containerregistry/registries') return accepted({ kind: 'id', id });
  return rejected(
    'upstream.notARegistry',
    l10n.t(
      "This is not a container registry's resource ID, which ends with Microsoft.ContainerRegistry/registries/<name>.",
    ),
  );
}

function inOtherCloud(host: string, cloud: Cloud): ReturnType<typeof rejected> | undefined {
  const other = [publicCloud, chinaCloud, usGovernmentCloud].find(
    ({ name, registrySuffix }) => name !== cloud.name && registrySuffix && host.toLowerCase().endsWith(registrySuffix),
  );
  return (
    other &&
    rejected(
      'upstream.otherCloud',
      l10n.t(
        '{0} is in the cloud {1}, but you are signed in to {2}. A managed identity works only within one cloud.',
        host,
        other.name,
        cloud.name,
      ),
    )
  );
}

/**
 * Reads a repository or wildcard of `registry`, which may be typed as the name of an image there.
 * @param listed what it is known to have; undefined: that is not known
 * @param isHost whether a name is that of some registry. What stands below it can be a path of this one, too, where there are such.
 */
export function readRepository(
  text: string,
  registry: Registry,
  listed: readonly string[] | undefined,
  isHost: (host: string) => boolean,
): Parsed<RepositoryPattern> & { readonly notice?: string } {
  const own = withoutHost(text, registry.loginServer);
  if (own !== text) return readPath(own);
  const [host] = splitHost(text);
  const isOther = isHost(host) && !listed?.some((repository) => `${repository}/`.startsWith(`${host}/`));
  const words = l10n.t(
    '{0} is another registry than {1}. To cache from it, go back and type it as the upstream.',
    host,
    registry.name,
  );
  if (isOther && listed) return rejected('repository.otherHost', words);
  const pattern = parseRepositoryPattern(text);
  return isOther && pattern.ok ? { ...pattern, notice: words } : pattern;
}

/** Whether a name is a registry's: of the catalogue, or known from Azure. */
export function registryHosts({ registries }: InventoryState): (host: string) => boolean {
  const known = new Set([...registries.values()].map(({ registry }) => registry.loginServer.toLowerCase()));
  return (host) => known.has(host.toLowerCase()) || upstreamOf(host) !== undefined;
}

/** A target is a name within the downstream: its own login server is no part of it. */
export function checkNoHost(text: string, { loginServer, name }: Registry): Problem | undefined {
  if (splitHost(text)[0].toLowerCase() !== loginServer.toLowerCase()) return undefined;
  return {
    code: 'target.host',
    message: l10n.t('Leave out "{0}": the target is the name of a repository in {1}.', loginServer, name),
  };
}

/** What is typed behind a registry's own login server; else the text as it is. */
export function withoutHost(text: string, loginServer: string): string {
  const [host, path] = splitHost(text);
  return path !== undefined && host.toLowerCase() === loginServer.toLowerCase() ? path : text;
}

/** `https://host/team/app` → host and what follows. A trailing slash does not count. */
function splitHost(text: string): [string, string | undefined] {
  const bare = text.replace(/^https:\/\//i, '').replace(/\/$/, '');
  const slash = bare.indexOf('/');
  return slash < 0 ? [bare, undefined] : [bare.slice(0, slash), bare.slice(slash + 1)];
}

/** A repository or wildcard; of an image with tag or digest the repository. */
function readPath(path: string): Parsed<RepositoryPattern> {
  const pattern = parseRepositoryPattern(path);
  if (pattern.ok) return pattern;
  const image = parseImageReference(path);
  return image.ok && image.value.host === undefined
    ? accepted({ kind: 'repository', repository: image.value.repository })
    : pattern;
}

/** Of Docker Hub, `nginx` is `library/nginx`. */
function withLibrary(host: string, path: string): string {
  const image = parseImageReference(`${host}/${path}`);
  return image.ok ? withDefaults(image.value).repository : path;
}
