import { parseImageReference } from '../../domain/imageReference.ts';
import type { Sliced } from '../slices.ts';
import type { Scalar } from '../syntax/scalars.ts';
import type { FoundReference } from '../types.ts';
import { createShellReferences, pulledOnly, repositoryKey, type ShellReferences } from './shell.ts';

/** A scalar that is a script, or a line of one. */
export interface CiScript {
  readonly scalar: Scalar;
  readonly isPowerShell?: boolean;
  /** Scripts of the same shell run one after the other, in the order of the text. */
  readonly shell?: string;
}

/** What other steps build or push. */
export interface Published {
  /** Lists of images, with lines or commas between them. */
  readonly published?: readonly string[];
  /** Repositories of a registry that only a name of it tells. */
  readonly publishedPaths?: readonly string[];
}

/** Without one of them, a script pulls nothing. */
const worthReading = /docker|podman|nerdctl/;
const scriptsPerSlice = 64;

/**
 * The images that scripts of a pipeline pull, as in a shell script. Variables count only as far as the script itself sets them: those of
 * the pipeline may come from anywhere. What any script of the file builds, tags or pushes is left out, and so is what other steps
 * publish; both may be another job's.
 *
 * Looked into are scripts that stand in the file as they are: plain, in quotes without escapes, and literal blocks. Others, folded or
 * escaped, only tell what they make.
 */
export function* findInScripts(
  text: string,
  scripts: readonly CiScript[],
  { published = [], publishedPaths = [] }: Published = {},
): Sliced<FoundReference[]> {
  if (!scripts.some(({ scalar }) => worthReading.test(scalar.value))) return [];
  const written = createShellReferences(text, () => 'unknown');
  const made = new Set(published.flatMap(publishedKeys));
  const local = new Set<string>();
  const take = (shell: ShellReferences) => {
    const found = shell.found();
    for (const key of found.made) made.add(key);
    for (const key of found.local) local.add(key);
    return found.references;
  };
  const isWorth = ({ scalar }: CiScript) => worthReading.test(scalar.value);
  // What another line sets counts where the shell is the same.
  const shells = new Set(scripts.filter(isWorth).map(({ shell }) => shell));
  const known = new Set<number>();
  let count = 0;
  for (const script of scripts) {
    const { isPowerShell, shell } = script;
    const { range, value, literal, isBlock } = script.scalar;
    if (known.has(range.start) || !(isWorth(script) || (shell !== undefined && shells.has(shell)))) continue;
    known.add(range.start);
    const options = { ...(isPowerShell && { isPowerShell }), ...(shell !== undefined && { shell }) };
    if (literal) yield* written.read({ range, ...options });
    else if (isBlock) yield* written.read({ range, indent: columnOf(text, range.start), ...options });
    else {
      const decoded = createShellReferences(value, () => 'unknown');
      yield* decoded.read({ range: { start: 0, end: value.length }, ...options });
      take(decoded);
    }
    if (++count % scriptsPerSlice === 0) yield;
  }
  const paths = new Set(publishedPaths);
  return pulledOnly(take(written), made, local).filter(({ image }) => !paths.has(image.repository));
}

/** Of the first character of a block, which all its lines are indented as. */
function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Of a list of images in lines or with commas; what an expression makes of their tags does not matter. */
function publishedKeys(list: string): readonly string[] {
  return list.split(/[\s,]+/).flatMap((entry) => {
    const [name = ''] = entry.split(/:?[$#]/, 1);
    const parsed = parseImageReference(name);
    return parsed.ok ? [repositoryKey(parsed.value)] : [];
  });
}
