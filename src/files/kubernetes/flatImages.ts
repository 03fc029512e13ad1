import { getOrInsert } from '../text/collect.ts';
import { holderKey, type Scalar } from '../yaml/scalars.ts';

/** `imageName`, `operatorImageRepository`, `sidecar_image`, as `plain` has them: what is before it tells several apart. */
const nameKey = /^(.*)image(?:name|repository|repo)?$/;

/** Keys in one spelling: `image_name`, `imageName`. */
function plain(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase();
}

/**
 * Images whose parts are told apart by their keys, by what the parts are in a mapping of their own: `repository`, `tag`, `registry`.
 * Each has a tag: `imageName` and `imageTag`, `operatorImage` and `operatorVersion`.
 */
export function flatImagesIn(scalars: readonly Scalar[]): readonly Map<string, Scalar>[] {
  const mappings = new Map<string, Map<string, Scalar>>();
  const names: { readonly mapping: ReadonlyMap<string, Scalar>; readonly before: string; readonly scalar: Scalar }[] =
    [];
  for (const scalar of scalars) {
    const key = scalar.path.at(-1);
    if (typeof key !== 'string' || !/image|tag|version|registry/i.test(key)) continue;
    const mapping = getOrInsert(mappings, holderKey(scalar), () => new Map<string, Scalar>());
    mapping.set(plain(key), scalar);
    const before = key === 'image' ? undefined : nameKey.exec(plain(key))?.[1];
    if (before !== undefined) names.push({ mapping, before, scalar });
  }
  const found: Map<string, Scalar>[] = [];
  for (const { mapping, before, scalar } of names) {
    const own = before === '' ? ['imagetag', 'imageversion', 'tag'] : ['imagetag', 'imageversion', 'tag', 'version'];
    const tag = own.map((key) => mapping.get(before + key)).find((part) => part !== undefined);
    if (!tag || tag.value === '') continue;
    const registry = mapping.get(`${before}imageregistry`);
    found.push(new Map([['repository', scalar], ['tag', tag], ...(registry ? [['registry', registry] as const] : [])]));
  }
  return found;
}
