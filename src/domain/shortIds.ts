import { armIdName } from './armId.ts';

/** A digest as people tell images apart: `c65c744…` of `sha256:c65c744…`. */
export function shortDigest(digest: string): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return hex.length > 7 ? `${hex.slice(0, 7)}…` : hex;
}

/** A text with the names of resources instead of their ARM ids, and the beginnings of other GUIDs: for where the whole ids are elsewhere. */
export function withShortIds(text: string): string {
  return text
    .replace(/\/subscriptions\/[^\s'"`,;()<>]*[^\s'"`,;()<>.:/]/gi, armIdName)
    .replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '$1…');
}
