import type { Scalar } from '../yaml/scalars.ts';
import type { FoundReference } from '../types.ts';
import { findImages } from '../yaml/imageMappings.ts';
import type { ImagePlace } from '../yaml/imageScalar.ts';
import { scalarsInText } from '../yaml/yamlInText.ts';

/**
 * The images that values of a Helm chart name: in parts, `registry`, `repository`, `tag`, `digest`, or in one text under `image` or
 * `…Image`, also in blocks of text that the chart puts into its manifests. No tag, or an empty one, is the chart's to choose. `path` is
 * the file's.
 */
export function findInHelmValues(text: string, scalars: readonly Scalar[], path = ''): FoundReference[] {
  const all = [...scalars];
  for (const scalar of scalars.filter(({ isBlock, value }) => isBlock === true && hasImage.test(value))) {
    for (const inner of scalarsInText(text, scalar)) all.push(inner);
  }
  const options = { isOverlay: isOverlay(path), hasFlatNames: true };
  return findImages(text, all, (scalar) => placeOfValue(scalar.path), options);
}

const hasImage = /(?:^|[\n ])image:/;

/** Values of one environment, which are laid over a chart's own: `values-dev.yaml`, `values.dev.yaml`, `dev-values.yaml`, `values/dev.yaml`. */
function isOverlay(path: string): boolean {
  return /(?:^|\/)(?:values[-_.][^/]+|[^/]+[-_.]values|values\/[^/]+)\.ya?ml$/i.test(path);
}

function placeOfValue(path: Scalar['path']): ImagePlace | undefined {
  const key = path.at(-1);
  if (key === 'image') return 'likely';
  return typeof key === 'string' && /(?:Image|^imageName)$/.test(key) ? 'possible' : undefined;
}
