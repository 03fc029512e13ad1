import { isHelmTemplate, jsonKind, yamlKind } from './images/contentKind.ts';
import { kindOf, maxFileLength, type FileKind } from './kinds.ts';
import type { Sliced } from './slices.ts';
import { readJson } from './syntax/json.ts';
import type { Scalar } from './syntax/scalars.ts';
import { readYaml } from './syntax/yaml.ts';
import type { FoundReference, RuleFile, TextFile } from './types.ts';

/** Finders of kinds that are written in YAML or JSON. */
const scalarFinders: Partial<Record<FileKind, (file: TextFile, scalars: readonly Scalar[]) => FoundReference[]>> = {};

/** Finders of the other kinds. */
const textFinders: Partial<Record<FileKind, (text: string) => Sliced<FoundReference[]>>> = {};

/**
 * The image references of a file, in the order of the text; none if it is of no kind that is looked at, or longer than
 * `maxFileLength`. Never throws. What cannot be known (variables from outside, templates) is left out.
 */
export function* findReferences(file: TextFile): Sliced<readonly FoundReference[]> {
  if (file.text.length > maxFileLength) return [];
  try {
    return inOrder(yield* findByKind(file));
  } catch {
    // The parsers of several packages read untrusted text here. One that gives up on it must not take the others' files with it.
    return [];
  }
}

/** What defines cache rules. JSON of any name may be an ARM template: the reader tells by its resources. */
const ruleReaders: Partial<Record<FileKind | 'yaml' | 'json', (text: string) => Sliced<RuleFile>>> = {};

const noRules: RuleFile = { rules: [], articleScopes: [] };

/** The cache rules that a Bicep, ARM or Terraform file defines; none in other files. Never throws. */
export function* findRuleDefinitions(file: TextFile): Sliced<RuleFile> {
  if (file.text.length > maxFileLength) return noRules;
  const kind = kindOf(file.path, file.languageId);
  const read = kind && ruleReaders[kind];
  if (!read) return noRules;
  try {
    return yield* read(file.text);
  } catch {
    // As in findReferences: a broken file has no rules, and must not end the work on others.
    return noRules;
  }
}

function* findByKind(file: TextFile): Sliced<readonly FoundReference[]> {
  const { path, text } = file;
  const kind = kindOf(path, file.languageId);
  if (kind === undefined) return [];
  if (kind === 'yaml' || (kind === 'helmTemplate' && isYaml(path) && !isHelmTemplate(text))) {
    const scalars = yield* readYaml(text);
    return findInScalars(file, yamlKind(path, scalars), scalars);
  }
  if (kind === 'json') {
    const scalars = yield* readJson(text);
    return findInScalars(file, jsonKind(scalars), scalars);
  }
  const find = textFinders[kind];
  if (find) return yield* find(text);
  if (!scalarFinders[kind]) return [];
  return findInScalars(file, kind, isJson(kind, path) ? yield* readJson(text) : yield* readYaml(text));
}

function findInScalars(file: TextFile, kind: FileKind | undefined, scalars: readonly Scalar[]): FoundReference[] {
  const find = kind && scalarFinders[kind];
  return find ? find(file, scalars) : [];
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

function isJson(kind: FileKind, path: string): boolean {
  return kind === 'devcontainer' || kind === 'armTemplate' || /\.jsonc?$/i.test(path);
}

/** By position; what two ways found at the same place is one, with the uses of both. */
function inOrder(found: readonly FoundReference[]): readonly FoundReference[] {
  const sorted = found.toSorted((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const references: FoundReference[] = [];
  for (const reference of sorted) {
    const before = references.at(-1);
    if (before?.range.start === reference.range.start && before.range.end === reference.range.end) {
      const isNew = ({ start, end }: { start: number; end: number }) =>
        !before.uses.some((use) => use.start === start && use.end === end);
      references[references.length - 1] = { ...before, uses: [...before.uses, ...reference.uses.filter(isNew)] };
    } else references.push(reference);
  }
  return references;
}
