import { holderKey, pathKey, type Scalar } from '../yaml/scalars.ts';
import type { FoundReference } from '../types.ts';
import { imageArguments } from './imageArguments.ts';
import { findImages } from '../yaml/imageMappings.ts';
import { readImageScalar, type ImagePlace } from '../yaml/imageScalar.ts';
import { findInParameters } from './manifestParameters.ts';
import { scalarsInText } from '../yaml/yamlInText.ts';

type Path = Scalar['path'];

/**
 * The images of Kubernetes manifests, in YAML or JSON: documents with `apiVersion` and `kind`, also those in a `List`. Containers of
 * all sorts in whatever nests a pod's template, image volumes, and `image` in custom resources at any depth, as text or as a mapping
 * with `repository`; what operators are told to run by their arguments. What ConfigMaps and Secrets hold is text to Kubernetes, and
 * left alone; so is what is built and pushed.
 */
export function findInKubernetes(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const { manifests, skaffold } = manifestsIn(scalars);
  const inManifests = scalars.filter(({ document }) => manifests.has(document));
  const skipped = textHoldersIn(inManifests);
  const candidates = inManifests.filter((scalar) => !isSkipped(scalar, skipped));
  for (const scalar of inManifests.filter(({ path }) => isFunction(path))) {
    for (const inner of scalarsInText(text, scalar)) candidates.push(inner);
  }
  for (const scalar of skaffoldContainers(scalars, skaffold)) candidates.push(scalar);
  const dockerImages = dockerImageNames(candidates);
  const placeOf = (scalar: Scalar) =>
    dockerImages.has(scalar) || skaffold.has(scalar.document) ? 'image' : imagePlace(scalar.path);
  const found = findImages(text, candidates, placeOf);
  for (const scalar of imageArguments(candidates)) {
    const reference = readImageScalar(text, scalar, 'likely');
    if (reference?.certain) found.push(reference);
  }
  const isImage = (scalar: Scalar) => placeOf(scalar) !== undefined;
  for (const reference of findInParameters(text, candidates, isImage)) found.push(reference);
  return found;
}

/**
 * Documents with `apiVersion` and `kind`; of CustomResourceDefinitions none, whose `image` describes a field, and none of kpack, whose
 * `Image` names what it builds.
 */
function manifestsIn(scalars: readonly Scalar[]): {
  readonly manifests: ReadonlySet<number>;
  readonly skaffold: ReadonlySet<number>;
} {
  const versions = new Map<number, string>();
  const kinds = new Set<number>();
  for (const { document, path, value } of scalars) {
    if (path.length !== 1) continue;
    if (path[0] === 'apiVersion') versions.set(document, value);
    if (path[0] === 'kind' && value !== 'CustomResourceDefinition') kinds.add(document);
  }
  const manifests = new Set<number>();
  const skaffold = new Set<number>();
  for (const [document, version] of versions) {
    if (version.startsWith('skaffold/')) skaffold.add(document);
    else if (kinds.has(document) && !version.startsWith('kpack.io/')) manifests.add(document);
  }
  return { manifests, skaffold };
}

/** What Skaffold runs besides what it builds: `verify` and `customActions`, of profiles too (skaffold.dev/docs/references/yaml). */
function skaffoldContainers(scalars: readonly Scalar[], documents: ReadonlySet<number>): readonly Scalar[] {
  if (documents.size === 0) return [];
  const built = new Set<string>();
  for (const { document, path, value } of scalars) {
    if (documents.has(document) && path.at(-1) === 'image' && path.at(-3) === 'artifacts') built.add(value);
  }
  return scalars.filter(({ document, path, value }) => {
    const runs = path.includes('verify') || path.includes('customActions');
    return documents.has(document) && runs && path.at(-1) === 'image' && !built.has(value);
  });
}

/** How kpt's functions are declared: the annotation is YAML that has a container. */
function isFunction(path: Path): boolean {
  const key = path.at(-1);
  return path.at(-2) === 'annotations' && /^config\.(?:kubernetes|k8s)\.io\/function$/.test(String(key));
}

const containerLists = new Set<Path[number]>(['containers', 'initContainers', 'ephemeralContainers']);
const labelKeys = new Set<Path[number] | undefined>([
  'labels',
  'annotations',
  'matchLabels',
  'selector',
  'nodeSelector',
  'commonLabels',
]);
/** CloudNativePG's `imageName`, Zalando's `dockerImage`, Prometheus' `baseImage`: images if their host is a registry's. */
const possibleKey = /(?:Image|^imageName)$/;

/** How much a path says about its value. Undefined: nothing. */
export function imagePlace(path: Path): ImagePlace | undefined {
  const key = path.at(-1);
  const parent = path.at(-2);
  if (typeof key !== 'string' || labelKeys.has(parent)) return undefined;
  if (key === 'image') {
    const list = path.at(-3);
    return typeof parent === 'number' && list !== undefined && containerLists.has(list) ? 'image' : 'likely';
  }
  if (key === 'reference' && parent === 'image' && path.at(-4) === 'volumes') return 'image';
  return possibleKey.test(key) ? 'possible' : undefined;
}

/** `from: { kind: DockerImage, name: … }` of OpenShift's builds and image streams. */
function dockerImageNames(scalars: readonly Scalar[]): ReadonlySet<Scalar> {
  const holders = holdersOfKind(scalars, 'DockerImage');
  if (holders.size === 0) return new Set();
  return new Set(scalars.filter((scalar) => scalar.path.at(-1) === 'name' && holders.has(holderKey(scalar))));
}

/** Objects whose `data` is text, by `holderKey`. */
export function textHoldersIn(scalars: readonly Scalar[]): ReadonlySet<string> {
  return holdersOfKind(scalars, 'ConfigMap', 'Secret');
}

function holdersOfKind(scalars: readonly Scalar[], ...kinds: readonly string[]): ReadonlySet<string> {
  const holders = new Set<string>();
  for (const scalar of scalars) {
    if (scalar.path.at(-1) === 'kind' && kinds.includes(scalar.value)) holders.add(holderKey(scalar));
  }
  return holders;
}

const dataKeys = new Set<Path[number]>(['data', 'stringData', 'binaryData']);

/** Whether it is what a ConfigMap or Secret holds, or under `output`, where OpenShift's builds say what they push. */
export function isSkipped(scalar: Scalar, textHolders: ReadonlySet<string>): boolean {
  const { path } = scalar;
  if (path.includes('output')) return true;
  if (textHolders.size === 0) return false;
  return path.some((key, index) => dataKeys.has(key) && textHolders.has(pathKey(scalar, path.slice(0, index))));
}
