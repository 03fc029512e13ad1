import type { Scalar } from './scalars.ts';
import type { FoundReference } from '../types.ts';
import { findImages } from './imageMappings.ts';
import type { ImagePlace } from './imageScalar.ts';
import { imagePlace } from '../kubernetes/kubernetes.ts';

/**
 * The images of YAML whose kind nothing tells, as documentation shows parts of files: what is under `containers`, and what has a host,
 * a tag or a digest where many kinds have an image.
 */
export function findInYamlFragment(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const found = findImages(text, scalars, placeOf);
  const places = new Map(scalars.map((scalar) => [scalar.range.start, scalar]));
  return found.filter(({ image: { host, tag, digest }, openTag, range }) => {
    const hasMore = host !== undefined || tag !== undefined || digest !== undefined || openTag;
    return hasMore || placeOf(places.get(range.start)) === 'image';
  });
}

function placeOf(scalar: Scalar | undefined): ImagePlace | undefined {
  const path = scalar?.path ?? [];
  // Of a virtual machine, as CircleCI has it.
  if (path.at(-2) === 'machine') return undefined;
  const isService = path.length === 2 && path[0] === 'services' && typeof path[1] === 'number';
  return isService || path.at(-1) === 'container' ? 'likely' : imagePlace(path);
}
