import { authorize } from './access/authorize.ts';
import { nameUnknown, unsupported } from './errors.ts';
import type { Answer, SandboxRequest } from '../core.ts';
import type { RegistryContext } from './context.ts';

/** ACR's page size when the client names none, and the largest it takes. */
const defaultPage = 100;
const maxPage = 1000;

export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One page of a list: `n` items after `last`. The `Link` header leads to the next page; recorded, it has `orderby` below /acr/v1 and no
 * parameter of the client's own but filters.
 * A `last` that is not in the list continues where it would be, if the list is in lexical order.
 */
export function page<T>(request: SandboxRequest, items: readonly T[], keyOf: (item: T) => string): Page<T> {
  const asked = Number.parseInt(request.query.get('n') ?? '', 10);
  const size = Number.isNaN(asked) ? defaultPage : Math.min(Math.max(asked, 0), maxPage);
  const last = request.query.get('last');
  let start = 0;
  if (last !== null && last !== '') {
    const position = items.findIndex((item) => keyOf(item) === last);
    const after = items.findIndex((item) => keyOf(item) > last);
    start = position >= 0 ? position + 1 : after >= 0 ? after : items.length;
  }
  const slice = items.slice(start, start + size);
  const lastItem = slice.at(-1);
  if (lastItem === undefined || start + size >= items.length) return { items: slice, headers: {} };
  const query = new URLSearchParams({ last: keyOf(lastItem), n: String(size) });
  if (request.path.startsWith('/acr/')) query.set('orderby', request.query.get('orderby') ?? '');
  const digest = request.query.get('digest');
  if (digest !== null) query.set('digest', digest);
  return { items: slice, headers: { Link: `<${request.path}?${query.toString()}>; rel="next"` } };
}

/** `/v2/_catalog` and `/acr/v1/_catalog`: names of all repositories. */
export function handleCatalog(context: RegistryContext, request: SandboxRequest): Answer {
  if (request.method !== 'GET') throw unsupported();
  authorize(context, request, { catalog: true });
  const names = [...context.content.repositories.keys()].sort();
  const { items, headers } = page(request, names, (name) => name);
  return { status: 200, headers, json: { repositories: items } };
}

/** `/v2/{repository}/tags/list`: for a rule's target, only what is cached. */
export function handleTagsList(context: RegistryContext, request: SandboxRequest, repository: string): Answer {
  if (request.method !== 'GET') throw unsupported();
  authorize(context, request, { repository, anyOf: ['pull', 'metadata_read'] });
  const stored = context.content.repositories.get(repository);
  if (stored === undefined) throw nameUnknown();
  const { items, headers } = page(request, [...stored.tags.keys()].sort(), (tag) => tag);
  return { status: 200, headers, json: { name: repository, tags: items } };
}
