import { parseImageReference } from '../../domain/imageReference.ts';
import type { Scalar } from '../yaml/scalars.ts';
import type { FoundReference, NameSite, TextRange } from '../types.ts';
import { mentionsIn } from '../shell/shellVariables.ts';
import { createShellReferences, pulledOnly, repositoryKey, type ShellFindings } from '../shell/shell.ts';

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
  let mentions: ReadonlyMap<string, number> | undefined;
  for (const group of groupsIn(text, scripts)) {
    const found = findInGroup(text, group);
    for (const name of found.made) made.add(name);
    for (const name of found.local) local.add(name);
    let isShared: ((reference: FoundReference) => boolean) | undefined;
    if (group.scripts[0]?.isBefore && found.references.some(mayBeShared)) {
      mentions ??= mentionsIn(text);
      isShared = usedOutside(group.text, mentionsIn(group.text), mentions);
    }
    for (const reference of found.references) {
      const own: FoundReference = isShared?.(reference) ? { ...reference, name: sharedVariable } : reference;
      references.push(moved(own, group.offset));
    }
  }
  const paths = new Set(publishedPaths);
  const pulled = pulledOnly(references, made, local);
  return paths.size === 0 ? pulled : pulled.filter(({ image }) => !paths.has(image.repository));
}

/** The scripts of one shell. */
interface ScriptGroup {
  /** From the first to the last of them. */
  readonly text: string;
  /** Where it stands. */
  readonly offset: number;
  readonly scripts: readonly CiScript[];
}

/** Those that are worth reading; what another line sets counts where the shell is the same. */
function groupsIn(text: string, scripts: readonly CiScript[]): readonly ScriptGroup[] {
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
  return groups
    .filter((group) => group.some(({ scalar }) => worthReading.test(scalar.value)))
    .map((group) => {
      const offset = group[0]?.scalar.range.start ?? 0;
      return { text: text.slice(offset, group.at(-1)?.scalar.range.end), offset, scripts: group };
    });
}

function findInGroup(file: string, { text, offset, scripts }: ScriptGroup): ShellFindings {
  const shell = createShellReferences(text, () => 'unknown');
  const made = new Set<string>();
  const local = new Set<string>();
  const add = (found: ShellFindings) => {
    for (const name of found.made) made.add(name);
    for (const name of found.local) local.add(name);
    return found.references;
  };
  for (const { scalar, isPowerShell } of scripts) {
    const { value, literal, isBlock } = scalar;
    const range = { start: scalar.range.start - offset, end: scalar.range.end - offset };
    const options = { shell: '', ...(isPowerShell && { isPowerShell }) };
    if (literal) shell.read({ range, ...options });
    else if (isBlock) shell.read({ range, indent: columnOf(file, scalar.range.start), ...options });
    else {
      const decoded = createShellReferences(value, () => 'unknown');
      decoded.read({ range: { start: 0, end: value.length }, ...options });
      add(decoded.found());
    }
  }
  return { references: add(shell.found()), made, local };
}

const sharedVariable: NameSite = { kind: 'fixed', because: 'sharedVariable' };

/** Whether a variable gives a reference its name. */
function mayBeShared({ range, uses, name }: FoundReference): boolean {
  return uses.length > 0 || (name.kind === 'whole' && name.range.start < range.start);
}

/** Tells whether the variable of a reference of a script is found in other scripts, too, by how often the script and the file have each. */
function usedOutside(
  script: string,
  inside: ReadonlyMap<string, number>,
  inFile: ReadonlyMap<string, number>,
): (reference: FoundReference) => boolean {
  return (reference) => {
    if (!mayBeShared(reference)) return false;
    const names = [reference.range, ...reference.uses].flatMap(({ start, end }) => [
      ...mentionsIn(script.slice(start, end)).keys(),
    ]);
    return names.some((variable) => (inFile.get(variable) ?? 0) > (inside.get(variable) ?? 0));
  };
}

/** Of the first character of a block, which all its lines are indented as. */
function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Scripts have no insertions. */
function moved(reference: FoundReference, offset: number): FoundReference {
  const move = ({ start, end }: TextRange) => ({ start: start + offset, end: end + offset });
  const { range, uses, name } = reference;
  const site: NameSite =
    name.kind === 'whole'
      ? { kind: 'whole', range: move(name.range) }
      : name.kind === 'split'
        ? { ...name, registry: move(name.registry), repository: move(name.repository) }
        : name;
  return { ...reference, range: move(range), uses: uses.map(move), name: site };
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
