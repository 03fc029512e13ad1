import * as l10n from '@vscode/l10n';
import { invalid, undefinedIf } from '../failures.ts';

/** Bounds of every list, however it is paged: no service has more, and a list without an end would fill the memory. */
const maxPages = 1000;
const maxItems = 200_000;

/**
 * Watches over the pages of one list: is told of each that was read, and what leads to the following one, if that is known.
 * @param request `GET https://host/path`, for the error
 * @throws AzureError `EndlessList` if `next` was there before, or the list is longer than any real one
 */
export function createPageBound(request: string): (items: number, next: string | undefined) => void {
  const followed = new Set<string>();
  let pages = 0;
  let total = 0;
  return (items, next) => {
    pages++;
    total += items;
    if (total > maxItems || pages > maxPages || (next !== undefined && followed.has(next))) {
      throw invalid('EndlessList', l10n.t('The list at {0} does not end; reading was stopped.', request), { request });
    }
    if (next !== undefined) followed.add(next);
  };
}

/** A list of the SDK, whose pages follow links by themselves. */
export interface SdkList<T> {
  byPage(): AsyncIterable<T[]>;
}

/** The pages of an SDK's list, within the bound. @throws AzureError `EndlessList` */
export async function* sdkPages<T extends { readonly id?: string }>(
  list: SdkList<T>,
  request: string,
): AsyncGenerator<T[]> {
  const bound = createPageBound(request);
  for await (const page of list.byPage()) {
    // Not every SDK tells the link; a link that is followed again leads to the same page again.
    const [first, last] = [page[0]?.id, page.at(-1)?.id];
    bound(page.length, first && last && `${first} ${last}`);
    yield page;
  }
}

/** All entries of an SDK's list, each as `read` gives it; those without one are left out. @throws AzureError `EndlessList` */
export async function sdkEntries<T extends { readonly id?: string }, R>(
  list: SdkList<T>,
  request: string,
  read: (entry: T) => R | undefined,
): Promise<R[]> {
  const entries: R[] = [];
  for await (const page of sdkPages(list, request)) {
    for (const entry of page) {
      const known = read(entry);
      if (known !== undefined) entries.push(known);
    }
  }
  return entries;
}

/** Deletes by an SDK. @returns false if there was nothing to delete (204 or 404) */
export async function sdkDelete(
  call: (onResponse: (response: { readonly status: number }) => void) => Promise<unknown>,
): Promise<boolean> {
  let status = 0;
  const done = call((response) => (status = response.status)).then(() => status !== 204);
  return (await undefinedIf(['notFound'], done)) ?? false;
}
