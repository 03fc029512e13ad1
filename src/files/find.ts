import { findInArmTemplate } from './infrastructure/armTemplateImages.ts';
import { findInAzurePipelines } from './pipelines/azurePipelines.ts';
import { findInBicep } from './infrastructure/bicepImages.ts';
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
import { findInTerraform } from './infrastructure/terraformImages.ts';
import { findInYamlFragment } from './yaml/yamlFragment.ts';
import { kindOf, maxFileLength, type FileKind } from './kinds.ts';
import { readArmRules } from './rules/armRules.ts';
import { readBicepRules } from './rules/bicepRules.ts';
import { readTerraformRules } from './rules/terraformRules.ts';
import { readArmOutline } from './infrastructure/armOutline.ts';
import { readJson } from './text/json.ts';
import type { Scalar } from './yaml/scalars.ts';
import { readYaml } from './yaml/yaml.ts';
import { inTextOrder } from './text/textOrder.ts';
import type { FoundReference, RuleFile, TextFile } from './types.ts';

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

/** Finders of the other kinds. */
const textFinders: Partial<Record<FileKind, (text: string) => readonly FoundReference[]>> = {
  dockerfile: findInDockerfile,
  helmTemplate: findInHelmTemplate,
  armTemplate: findInArmTemplate,
  bicep: findInBicep,
  terraform: findInTerraform,
  shell: (text) => findInShell(text),
  markdown: (text) => findInMarkdown(text, (path, block) => findByKind({ path, text: block }, true)),
};

/**
 * The image references of a file, in the order of the text; none if it is of no kind that is looked at, or longer than
 * `maxFileLength`. Never throws. What cannot be known (variables from outside, templates) is left out.
 */
export function findReferences(file: TextFile): readonly FoundReference[] {
  if (file.text.length > maxFileLength) return [];
  try {
    return inOrder(findByKind(file));
  } catch {
    // The parsers of several packages read untrusted text here. One that gives up on it must not take the others' files with it.
    return [];
  }
}

/** What defines cache rules. JSON of any name may be an ARM template: the reader tells by its resources. */
const ruleReaders: Partial<Record<FileKind | 'yaml' | 'json', (text: string) => RuleFile>> = {
  bicep: readBicepRules,
  terraform: readTerraformRules,
  json: readArmRules,
  armTemplate: readArmRules,
};

const noRules: RuleFile = { rules: [], articleScopes: [] };

/** The cache rules that a Bicep, ARM or Terraform file defines; none in other files. Never throws. */
export function findRuleDefinitions(file: TextFile): RuleFile {
  if (file.text.length > maxFileLength) return noRules;
  const kind = kindOf(file.path, file.languageId);
  const read = kind && ruleReaders[kind];
  if (!read) return noRules;
  try {
    return read(file.text);
  } catch {
    // As in findReferences: a broken file has no rules, and must not end the work on others.
    return noRules;
  }
}

/** `isFragment`: it may be a part of a file, that does not tell its kind. */
function findByKind(file: TextFile, isFragment = false): readonly FoundReference[] {
  const { path, text } = file;
  const kind = kindOf(path, file.languageId);
  if (kind === undefined) return [];
  if (kind === 'yaml' || (kind === 'helmTemplate' && isYaml(path) && !isHelmTemplate(text))) {
    const scalars = readYaml(text);
    const known = yamlKind(path, scalars);
    if (known === undefined && isFragment) return findInYamlFragment(text, scalars);
    return findInScalars(file, known, scalars);
  }
  if (kind === 'json') {
    const known = jsonKind(readArmOutline(text).scalars);
    if (known === 'armTemplate') return findInArmTemplate(text);
    return findInScalars(file, known, readJson(text));
  }
  const find = textFinders[kind];
  if (find) return find(text);
  if (!scalarFinders[kind]) return [];
  return findInScalars(file, kind, isJson(kind, path) ? readJson(text) : readYaml(text));
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
