/** What a path of the registry asks for. */
export type Route =
  | { readonly kind: 'base' | 'exchange' | 'token' | 'catalog' | 'acrCatalog' }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string | undefined }
  | { readonly kind: 'tagsList'; readonly repository: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'tags'; readonly repository: string; readonly tag: string | undefined }
  | { readonly kind: 'manifests'; readonly repository: string; readonly digest: string | undefined };

const segment = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryName = new RegExp(`^${segment}(?:/${segment})*$`);

const fixed: Readonly<Record<string, Route>> = {
  '/v2/': { kind: 'base' },
  '/v2': { kind: 'base' },
  '/oauth2/exchange': { kind: 'exchange' },
  '/oauth2/token': { kind: 'token' },
  '/v2/_catalog': { kind: 'catalog' },
  '/acr/v1/_catalog': { kind: 'acrCatalog' },
};

/** 'name' when the repository's name is not allowed by the distribution grammar, undefined when nothing is there. */
export function parseRoute(encodedPath: string): Route | 'name' | undefined {
  let path: string;
  try {
    path = decodeURIComponent(encodedPath);
  } catch {
    return undefined;
  }
  const known = fixed[path];
  if (known !== undefined) return known;
  const route = parseV2(path) ?? parseAcr(path);
  if (route === undefined || !('repository' in route)) return route;
  return isRepositoryName(route.repository) ? route : 'name';
}

/** By the distribution specification's grammar. */
export function isRepositoryName(name: string): boolean {
  return name.length <= 255 && repositoryName.test(name);
}

function parseV2(path: string): Route | undefined {
  const rest = /^\/v2\/(.+)$/.exec(path)?.[1];
  if (rest === undefined) return undefined;
  let match = /^(.+)\/manifests\/([^/]+)$/.exec(rest);
  if (match !== null) return { kind: 'manifest', repository: match[1] ?? '', reference: match[2] ?? '' };
  match = /^(.+)\/blobs\/uploads\/?([^/]*)$/.exec(rest);
  if (match !== null) return { kind: 'upload', repository: match[1] ?? '', id: match[2] === '' ? undefined : match[2] };
  match = /^(.+)\/blobs\/([^/]+)$/.exec(rest);
  if (match !== null) return { kind: 'blob', repository: match[1] ?? '', digest: match[2] ?? '' };
  match = /^(.+)\/tags\/list$/.exec(rest);
  if (match !== null) return { kind: 'tagsList', repository: match[1] ?? '' };
  match = /^(.+)\/referrers\/([^/]+)$/.exec(rest);
  if (match !== null) return { kind: 'referrers', repository: match[1] ?? '', digest: match[2] ?? '' };
  return undefined;
}

function parseAcr(path: string): Route | undefined {
  const rest = /^\/acr\/v1\/(.+)$/.exec(path)?.[1];
  if (rest === undefined) return undefined;
  let match = /^(.+)\/_tags(?:\/([^/]+))?$/.exec(rest);
  if (match !== null) return { kind: 'tags', repository: match[1] ?? '', tag: match[2] };
  match = /^(.+)\/_manifests(?:\/([^/]+))?$/.exec(rest);
  if (match !== null) return { kind: 'manifests', repository: match[1] ?? '', digest: match[2] };
  return { kind: 'repository', repository: rest };
}
