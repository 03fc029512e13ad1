import { collect } from '../text/collect.ts';
import type { Piece } from '../text/locateName.ts';
import { readReference, type PieceContext } from '../text/pieces.ts';
import type { FoundReference, ReferenceUsage, TextRange } from '../types.ts';
import { isText, ReadScalars } from '../yaml/scalarReferences.ts';
import { holderKey, pathKey, type Scalar } from '../yaml/scalars.ts';
import { composePieces, type ComposePiece } from './composeInterpolation.ts';

const contextScheme = 'docker-image://';

/**
 * The images of a compose file: of services and of what they share (`x-…` extensions, anchors), of volumes of type `image`, and
 * build contexts `docker-image://…`. Left aside: the image of a service that is built, which is what the build is called and pushed
 * as, wherever the file says it; `build.args`, which say nothing of themselves; and `dockerfile_inline`.
 *
 * `environment` is what `.env` beside the file says; it goes before defaults.
 */
export function findInCompose(
  text: string,
  scalars: readonly Scalar[],
  environment?: ReadonlyMap<string, string>,
): FoundReference[] {
  const facts = factsOf(scalars);
  const known = new ReadScalars();
  return collect(scalars, (scalar) => {
    const site = siteOf(scalar, facts);
    const uses = site && known.enter(scalar);
    return uses && read(text, scalar, site, uses, environment);
  });
}

/** How deep templates of templates are followed. */
const maxMerges = 8;

/**
 * Adds what is built through others, by `<<` or `extends`: who takes `build` from a template is built, and who takes the image's name from
 * one builds what is called so. Others that share the template do not.
 */
function addMerged(scalars: readonly Scalar[], built: Set<string>): void {
  const ofFile = new Set<string>();
  for (const scalar of scalars) {
    if (scalar.path[2] === 'extends' && scalar.path[3] === 'file') ofFile.add(keyOfService(scalar));
  }
  const images = new Set<string>();
  const merges: (readonly [from: string, to: string])[] = [];
  for (const scalar of scalars) {
    const { path, value } = scalar;
    if (path.at(-1) === 'image') images.add(holderKey(scalar));
    if (scalar.merges) {
      merges.push([pathKey(scalar, path.slice(0, path.lastIndexOf('<<'))), pathKey(scalar, scalar.merges)]);
    } else if (path[0] === 'services' && path[2] === 'extends' && (path.length === 3 || path[3] === 'service')) {
      const from = keyOfService(scalar);
      if (!ofFile.has(from)) merges.push([from, pathKey(scalar, ['services', value])]);
    }
  }
  const untilSame = function (add: (merge: (typeof merges)[number]) => void): void {
    for (let depth = 0, before = -1; depth < maxMerges && before < built.size; depth++) {
      before = built.size;
      for (const one of merges) add(one);
    }
  };
  untilSame(([from, to]) => built.has(to) && built.add(from));
  untilSame(([from, to]) => built.has(from) && !images.has(from) && built.add(to));
}

function keyOfService(scalar: Scalar): string {
  return pathKey(scalar, scalar.path.slice(0, 2));
}

/** What other keys say about those that name images. */
interface Facts {
  /** As they are written: of services and templates that are built. */
  readonly builtImages: ReadonlySet<string>;
  /** `service` and index, as JSON. */
  readonly imageVolumes: ReadonlySet<string>;
}

function factsOf(scalars: readonly Scalar[]): Facts {
  const built = new Set<string>();
  const imageVolumes = new Set<string>();
  for (const scalar of scalars) {
    const { path, value } = scalar;
    const [root, service, key, index, detail] = path;
    const parent = parentOfBuild(path, value);
    if (parent !== undefined) built.add(pathKey(scalar, parent));
    if (root === 'services' && key === 'volumes' && detail === 'type' && value === 'image') {
      imageVolumes.add(JSON.stringify([service, index]));
    }
  }
  const builtImages = new Set<string>();
  if (built.size > 0) {
    addMerged(scalars, built);
    for (const scalar of scalars) {
      const { path, value } = scalar;
      if (path[2] === 'build' && path[3] === 'tags' && path.length === 5) builtImages.add(value);
      if (path.at(-1) === 'image' && path.length <= 4 && built.has(holderKey(scalar))) builtImages.add(value);
    }
  }
  return { builtImages, imageVolumes };
}

/** Of the service or template that something of `build` belongs to. `build: null` takes away what another file says. */
function parentOfBuild(path: Scalar['path'], value: string): Scalar['path'] | undefined {
  const [root] = path;
  if (typeof root !== 'string') return undefined;
  const at = root === 'services' ? (path[2] === 'build' ? 2 : -1) : root.startsWith('x-') ? path.indexOf('build') : -1;
  if (at < 1 || at > 3) return undefined;
  return at === path.length - 1 && /^(?:null|~)?$/i.test(value) ? undefined : path.slice(0, at);
}

interface Site {
  readonly usage: ReferenceUsage;
  /** How many characters stand before the image. */
  readonly skip: number;
}

function siteOf({ path, value }: Scalar, { builtImages, imageVolumes }: Facts): Site | undefined {
  const [root, service, key, index, detail] = path;
  if (typeof root !== 'string') return undefined;
  // Templates of services, alone or in a list or mapping of them.
  if (root.startsWith('x-')) {
    const isImage = path.at(-1) === 'image' && path.length <= 4 && !builtImages.has(value);
    return isImage ? { usage: 'image', skip: 0 } : undefined;
  }
  if (root !== 'services' || typeof service !== 'string') return undefined;
  if (key === 'image' && path.length === 3) {
    // Other services run what was built here, too.
    return builtImages.has(value) ? undefined : { usage: 'image', skip: 0 };
  }
  if (key === 'volumes' && detail === 'source' && path.length === 5) {
    return imageVolumes.has(JSON.stringify([service, index])) ? { usage: 'image', skip: 0 } : undefined;
  }
  if (key === 'build' && index === 'additional_contexts' && path.length === 5) {
    // A mapping, or a list of `name=value`.
    const equals = typeof detail === 'number' ? value.indexOf('=') + 1 : 0;
    if (value.startsWith(contextScheme, equals)) {
      return { usage: 'base', skip: equals + contextScheme.length };
    }
  }
  return undefined;
}

function read(
  text: string,
  scalar: Scalar,
  { usage, skip }: Site,
  uses: readonly TextRange[],
  environment: ReadonlyMap<string, string> | undefined,
): FoundReference | undefined {
  const { range, value, literal } = scalar;
  if ((!literal && skip > 0) || !isText(scalar)) return undefined;
  const written = literal
    ? composePieces(text, { start: range.start + skip, end: range.end }, environment)
    : composePieces(value, { start: 0, end: value.length }, environment);
  if (written === undefined) return undefined;
  const fixedBecause = whyFixed(written, literal);
  const context: PieceContext = { usage, uses, ...(fixedBecause && { fixedBecause }) };
  return readReference(text, literal ? written : [inOne(written, range)], context);
}

/** Parts of a decoded text stand nowhere in the file. */
function inOne(parts: readonly Piece[], range: TextRange): Piece {
  const isKnown = parts.every(({ value }) => value !== undefined);
  return { range, value: isKnown ? parts.map(({ value }) => value).join('') : undefined, literal: false };
}

function whyFixed(pieces: readonly ComposePiece[], isLiteral: boolean): PieceContext['fixedBecause'] {
  if (pieces.some(({ fromEnvironment }) => fromEnvironment)) return 'environmentFile';
  if (pieces.every(({ literal }) => literal)) return undefined;
  return isLiteral ? 'sharedVariable' : 'escaped';
}
