import type { Sliced } from '../slices.ts';
import type { Scalar } from '../syntax/scalars.ts';
import type { FoundReference } from '../types.ts';
import { findImages } from './imageMappings.ts';
import type { ImagePlace } from './imageScalar.ts';

/**
 * The images that values of a Helm chart name: in parts, `registry`, `repository`, `tag`, `digest`, or in one text under `image` or
 * `…Image`. No tag, or an empty one, is the chart's to choose. `path` is the file's.
 */
export function findInHelmValues(text: string, scalars: readonly Scalar[], path = ''): Sliced<FoundReference[]> {
  return findImages(text, scalars, (scalar) => placeOfValue(scalar.path), isOverlay(path));
}

/** Values of one environment, which are laid over a chart's own: `values-dev.yaml`, `values.dev.yaml`, `dev-values.yaml`, `values/dev.yaml`. */
function isOverlay(path: string): boolean {
  return /(?:^|\/)(?:values[-_.][^/]+|[^/]+[-_.]values|values\/[^/]+)\.ya?ml$/i.test(path);
}

function placeOfValue(path: Scalar['path']): ImagePlace | undefined {
  const key = path.at(-1);
  if (key === 'image') return 'likely';
  return typeof key === 'string' && key.endsWith('Image') ? 'possible' : undefined;
}
