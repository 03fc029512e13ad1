import { parseImageReference } from '../../domain/imageReference.ts';
import type { Scalar } from '../yaml/scalars.ts';
import type { FoundReference, NameSite } from '../types.ts';
import { mentionsIn } from '../shell/shellVariables.ts';
import { pulledOnly, repositoryKey, ShellReferences, type ShellFindings, type ShellScript } from '../shell/shell.ts';

/** A scalar that is a script, or a line of one. */
export interface CiScript {
  readonly scalar: Scalar;
  readonly isPowerShell?: boolean;
  /** Scripts of the same shell run one after the other, in the order of the text. */
  readonly shell?: string;
  /** Other scripts may use its variables. */
  readonly isBefore?: boolean;
}

/** What other steps build or push. */
export interface Published {
  /** Lists of images, with lines or commas between them. */
  readonly published?: readonly string[];
  /** Repositories of a registry that only a name of it tells. */
  readonly publishedPaths?: readonly string[];
}

/** Without one of them, a script pulls nothing. */
const worthReading = /docker|podman|nerdctl|image|container_?(?:runtime|engine|tool)/i;
/** Of one shell: those behind do not know its variables. Nobody writes so many lines one by one. */
const maxScripts = 500;

/**
 * The images that scripts of a pipeline pull, as in a shell script. Variables count only as far as the script itself sets them: those of
 * the pipeline may come from anywhere. What any script of the file builds, tags or pushes is left out, and so is what other steps
 * publish; both may be another job's.
 *
 * Looked into are scripts that stand in the file as they are: plain, in quotes without escapes, and literal blocks. Others, folded or
 * escaped, only tell what they make.
 */
export function findInScripts(
  text: string,
  scripts: readonly CiScript[],
  { published = [], publishedPaths = [] }: Published = {},
): readonly FoundReference[] {
  const made = publishedKeys(published);
  const local = new Set<string>();
  const references: FoundReference[] = [];
  const add = (found: ShellFindings, isShared?: (reference: FoundReference) => boolean): void => {
    for (const name of found.made) made.add(name);
    for (const name of found.local) local.add(name);
    for (const one of found.references) references.push(isShared?.(one) ? { ...one, name: sharedVariable } : one);
  };
  let mentions: ReadonlyMap<string, number> | undefined;
  const others = new ShellReferences(text, () => 'unknown');
  for (const group of groupsIn(scripts)) {
    const isBefore = group[0]?.isBefore === true;
    const shell = isBefore ? new ShellReferences(text, () => 'unknown') : others;
    const inPlace: ShellScript[] = [];
    for (const { scalar, isPowerShell = false } of group) {
      const { range, value, literal, isBlock } = scalar;
      if (literal || isBlock) inPlace.push({ range, isPowerShell, indent: literal ? 0 : columnOf(text, range.start) });
      else {
        const decoded = new ShellReferences(value, () => 'unknown');
        decoded.read([{ range: { start: 0, end: value.length }, isPowerShell, indent: 0 }]);
        add({ ...decoded.found(), references: [] });
      }
    }
    shell.read(inPlace);
    if (!isBefore) continue;
    const written = text.slice(group[0]?.scalar.range.start, group.at(-1)?.scalar.range.end);
    let inside: ReadonlyMap<string, number> | undefined;
    add(shell.found(), (reference) => {
      if (!mayBeShared(reference)) return false;
      const inFile = (mentions ??= mentionsIn(text));
      const inScript = (inside ??= mentionsIn(written));
      return namesOf(text, reference).some((name) => (inFile.get(name) ?? 0) > (inScript.get(name) ?? 0));
    });
  }
  add(others.found());
  const paths = new Set(publishedPaths);
  const pulled = pulledOnly(references, made, local);
  return paths.size === 0 ? pulled : pulled.filter(({ image }) => !paths.has(image.repository));
}

/** The scripts of each shell that are worth reading; what another line sets counts where the shell is the same. */
function groupsIn(scripts: readonly CiScript[]): readonly (readonly CiScript[])[] {
  const known = new Set<number>();
  const groups: CiScript[][] = [];
  let last: string | undefined;
  for (const script of scripts) {
    const { scalar } = script;
    if (known.has(scalar.range.start)) continue;
    known.add(scalar.range.start);
    // What an alias means stands anywhere in the file.
    const shell = scalar.aliasRange ? undefined : script.shell;
    const group = groups.at(-1);
    if (group && shell !== undefined && shell === last && group.length < maxScripts) group.push(script);
    else groups.push([script]);
    last = shell;
  }
  return groups.filter((group) => group.some(({ scalar }) => worthReading.test(scalar.value)));
}

const sharedVariable: NameSite = { kind: 'fixed', because: 'sharedVariable' };

/** Whether a variable gives a reference its name. */
function mayBeShared({ range, uses, name }: FoundReference): boolean {
  return uses.length > 0 || (name.kind === 'whole' && name.range.start < range.start);
}

/** The variables that it is made of. */
function namesOf(text: string, { range, uses }: FoundReference): readonly string[] {
  return [range, ...uses].flatMap(({ start, end }) => [...mentionsIn(text.slice(start, end)).keys()]);
}

/** Of the first character of a block, which all its lines are indented as. */
function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Of lists of images in lines or with commas; what an expression makes of their tags does not matter. */
function publishedKeys(lists: readonly string[]): Set<string> {
  const keys = new Set<string>();
  for (const list of lists) {
    for (const entry of list.split(/[\s,]+/)) {
      const [name = ''] = entry.split(/:?[$#]/, 1);
      const parsed = parseImageReference(name);
      if (parsed.ok) keys.add(repositoryKey(parsed.value));
    }
  }
  return keys;
}
