import type { ImageReference } from '../../domain/types.ts';
import type { FoundReference } from '../../files/types.ts';
import type { Resolution, Resolver } from '../../inventory/resolutionTypes.ts';
import type { InspectedReference } from './types.ts';

/**
 * Tells what is known of references, leaving out what only looks like one. Finders keep the image of a part of a file that did not
 * change, so after a keystroke only the images of the changed part are resolved. To be made anew with the resolver, and when what was
 * seen in registries changes.
 */
export function createReferenceInspection(
  resolver: Resolver,
): (found: readonly FoundReference[]) => InspectedReference[] {
  const resolved = new WeakMap<ImageReference, Resolution>();
  const resolve = (image: ImageReference): Resolution => {
    let resolution = resolved.get(image);
    if (!resolution) resolved.set(image, (resolution = resolver.resolve(image)));
    return resolution;
  };
  return (all) =>
    all.flatMap((found) => {
      const { host } = found.image;
      const isOne = found.certain || (host !== undefined && resolver.knowsHost(host));
      return isOne ? [{ found, resolution: resolve(found.image) }] : [];
    });
}
