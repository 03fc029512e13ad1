import { findInAzurePipelines } from './pipelines/azurePipelines.ts';
import { findInCompose } from './compose/compose.ts';
import { isHelmTemplate, jsonKind, yamlKind } from './contentKind.ts';
import { findInDevcontainer } from './compose/devcontainer.ts';
import { findInDockerfile } from './dockerfile/dockerfile.ts';
import { findInGithubActions } from './pipelines/githubActions.ts';
import { findInGitlabCi } from './pipelines/gitlabCi.ts';
import { findInHelmTemplate } from './kubernetes/helmTemplate.ts';
import { findInHelmValues } from './kubernetes/helmValues.ts';
import { findInKubernetes } from './kubernetes/kubernetes.ts';
import { findInKustomize } from './kubernetes/kustomize.ts';
import { findInMarkdown } from './markdown/markdown.ts';
import { findInShell } from './shell/shell.ts';
import { findInArmTemplate, findInBicep, findInTerraform } from './infrastructure/findings.ts';
import { findInYamlFragment } from './yaml/yamlFragment.ts';
import { kindOf, maxFileLength, type FileKind } from './kinds.ts';
import { readJson } from './text/json.ts';
import type { Scalar } from './yaml/scalars.ts';
import { readYaml } from './yaml/yaml.ts';
import { inTextOrder } from './text/textOrder.ts';
import type { Findings, FoundReference, RuleFile, TextFile } from './types.ts';

/** Finders of kinds that are written in YAML or JSON. */
const scalarFinders: Partial<Record<FileKind, (file: TextFile, scalars: readonly Scalar[]) => FoundReference[]>> = {
  compose: ({ text, environment }, scalars) => findInCompose(text, scalars, environment),
  kubernetes: ({ text }, scalars) => findInKubernetes(text, scalars),
  kustomize: ({ text }, scalars) => findInKustomize(text, scalars),
  helmValues: ({ text, path }, scalars) => findInHelmValues(text, scalars, path),
  githubActions: ({ text }, scalars) => findInGithubActions(text, scalars),
  azurePipelines: ({ text }, scalars) => findInAzurePipelines(text, scalars),
  gitlabCi: ({ text }, scalars) => findInGitlabCi(text, scalars),
  devcontainer: ({ text }, scalars) => findInDevcontainer(text, scalars),
};

/** Finders of the other kinds of which no cache rules are read. */
const textFinders: Partial<Record<FileKind, (text: string) => readonly FoundReference[]>> = {
  dockerfile: findInDockerfile,
  helmTemplate: findInHelmTemplate,
  shell: findInShell,
  markdown: (text) => findInMarkdown(text, (path, block) => findByKind({ path, text: block }, true).references),
};

/** Finders of what defines cache rules. */
const templateFinders: Partial<Record<FileKind, (text: string) => Findings>> = {
  armTemplate: findInArmTemplate,
  bicep: findInBicep,
  terraform: findInTerraform,
};

const noRules: RuleFile = { rules: [], articleScopes: [] };

/**
 * The image references of a file and the cache rules that it defines; none if it is of no kind that is looked at, or longer than
 * `maxFileLength`. Never throws. What cannot be known (variables from outside, templates) is left out.
 */
export function findInFile(file: TextFile): Findings {
  if (file.text.length > maxFileLength) return { references: [], ruleFile: noRules };
  try {
    const { references, ruleFile } = findByKind(file);
    return { references: inOrder(references), ruleFile };
  } catch {
    // The parsers of several packages read untrusted text here. One that gives up on it must not take the others' files with it.
    return { references: [], ruleFile: noRules };
  }
}

/** `isFragment`: it may be a part of a file, that does not tell its kind. */
function findByKind(file: TextFile, isFragment = false): Findings {
  const kind = kindOf(file.path, file.languageId);
  if (kind === 'json') return findInJson(file);
  const find = kind === undefined || kind === 'yaml' ? undefined : templateFinders[kind];
  return find?.(file.text) ?? { references: imagesOfKind(file, kind, isFragment), ruleFile: noRules };
}

function imagesOfKind(
  file: TextFile,
  kind: FileKind | 'yaml' | undefined,
  isFragment: boolean,
): readonly FoundReference[] {
  const { path, text } = file;
  if (kind === undefined) return [];
  if (kind === 'yaml' || (kind === 'helmTemplate' && isYaml(path) && !isHelmTemplate(text))) {
    const scalars = readYaml(text);
    const known = yamlKind(path, scalars);
    if (known === undefined && isFragment) return findInYamlFragment(text, scalars);
    return findInScalars(file, known, scalars);
  }
  const find = textFinders[kind];
  if (find) return find(text);
  if (!scalarFinders[kind]) return [];
  return findInScalars(file, kind, isJson(kind, path) ? readJson(text) : readYaml(text));
}

/** An ARM template of any name defines cache rules, also where its schema does not say that it is one. */
function findInJson(file: TextFile): Findings {
  const { text } = file;
  const scalars = readJson(text);
  const kind = jsonKind(scalars);
  if (kind === 'armTemplate') return findInArmTemplate(text);
  const ruleFile = /cacheRules|roleAssignments/i.test(text) ? findInArmTemplate(text).ruleFile : noRules;
  return { references: findInScalars(file, kind, scalars), ruleFile };
}

function findInScalars(file: TextFile, kind: FileKind | undefined, scalars: readonly Scalar[]): FoundReference[] {
  const find = kind && scalarFinders[kind];
  return find ? find(file, scalars) : [];
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

function isJson(kind: FileKind, path: string): boolean {
  return kind === 'devcontainer' || /\.jsonc?$/i.test(path);
}

/** Uses that are told of one reference: joining more would take time with the square of a file's aliases. */
const maxUses = 1000;

/** By position; what two ways found at the same place is one, with the uses of both. */
function inOrder(found: readonly FoundReference[]): readonly FoundReference[] {
  const references: FoundReference[] = [];
  for (const reference of inTextOrder(found)) {
    const before = references.at(-1);
    if (before?.range.start === reference.range.start && before.range.end === reference.range.end) {
      const isNew = ({ start, end }: { start: number; end: number }) =>
        !before.uses.some((use) => use.start === start && use.end === end);
      if (before.uses.length >= maxUses) continue;
      references[references.length - 1] = { ...before, uses: [...before.uses, ...reference.uses.filter(isNew)] };
    } else references.push(reference);
  }
  return references;
}
