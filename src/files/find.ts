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
import type { Findings, FoundReference, RuleFile, TextFile } from './types.ts';

/** A file, and what it says as YAML, or as JSON by its name: read when it is asked for. */
interface Subject extends TextFile {
  readonly scalars: () => readonly Scalar[];
}

const noRules: RuleFile = { rules: [], articleScopes: [] };

/** Of a kind of which no cache rules are read. */
const images =
  (find: (subject: Subject) => readonly FoundReference[]) =>
  (subject: Subject): Findings => ({ references: find(subject), ruleFile: noRules });

/** What is found in each kind of file; `kinds.ts` tells which a file is of. */
const finders: Readonly<Record<FileKind, (subject: Subject) => Findings>> = {
  dockerfile: images(({ text }) => findInDockerfile(text)),
  compose: images(({ text, scalars, environment }) => findInCompose(text, scalars(), environment)),
  kubernetes: images(({ text, scalars }) => findInKubernetes(text, scalars())),
  kustomize: images(({ text, scalars }) => findInKustomize(text, scalars())),
  helmValues: images(({ text, scalars, path }) => findInHelmValues(text, scalars(), path)),
  helmTemplate: images(({ text }) => findInHelmTemplate(text)),
  githubActions: images(({ text, scalars }) => findInGithubActions(text, scalars())),
  azurePipelines: images(({ text, scalars }) => findInAzurePipelines(text, scalars())),
  gitlabCi: images(({ text, scalars }) => findInGitlabCi(text, scalars())),
  devcontainer: images(({ text, scalars }) => findInDevcontainer(text, scalars())),
  armTemplate: ({ text }) => findInArmTemplate(text),
  bicep: ({ text }) => findInBicep(text),
  terraform: ({ text }) => findInTerraform(text),
  shell: images(({ text }) => findInShell(text)),
  markdown: images(({ text }) => findInMarkdown(text, findInBlock)),
};

/**
 * The image references of a file and the cache rules that it defines; none if it is of no kind that is looked at, or longer than
 * `maxFileLength`. Never throws. What cannot be known (variables from outside, templates) is left out.
 */
export function findInFile(file: TextFile): Findings {
  if (file.text.length > maxFileLength) return { references: [], ruleFile: noRules };
  try {
    const { references, ruleFile } = findByKind(file);
    return { references: onePerPlace(references), ruleFile };
  } catch {
    // The parsers of several packages read untrusted text here. One that gives up on it must not take the others' files with it.
    return { references: [], ruleFile: noRules };
  }
}

function findByKind(file: TextFile): Findings {
  const subject = subjectOf(file);
  const kind = exactKind(subject);
  const found = kind === undefined ? { references: [], ruleFile: noRules } : finders[kind](subject);
  // JSON of any name may define cache rules, also where its schema does not say that it is an ARM template.
  const isOther = kind !== 'armTemplate' && kindOf(file.path, file.languageId) === 'json';
  if (!isOther || !/cacheRules|roleAssignments/i.test(file.text)) return found;
  return { ...found, ruleFile: findInArmTemplate(file.text).ruleFile };
}

/** A block of documentation may be a part of a file, which does not tell its kind. */
function findInBlock(path: string, text: string): readonly FoundReference[] {
  const subject = subjectOf({ path, text });
  const kind = exactKind(subject);
  if (kind !== undefined) return finders[kind](subject).references;
  return kindOf(path, undefined) === 'yaml' ? findInYamlFragment(text, subject.scalars()) : [];
}

function subjectOf(file: TextFile): Subject {
  let known: readonly Scalar[] | undefined;
  const isJson = kindOf(file.path, file.languageId) === 'json' || /\.jsonc?$/i.test(file.path);
  return { ...file, scalars: () => (known ??= isJson ? readJson(file.text) : readYaml(file.text)) };
}

/** By the content, where name and language do not tell. */
function exactKind({ path, languageId, text, scalars }: Subject): FileKind | undefined {
  const kind = kindOf(path, languageId);
  if (kind === 'yaml' || (kind === 'helmTemplate' && /\.ya?ml$/i.test(path) && !isHelmTemplate(text))) {
    return yamlKind(path, scalars());
  }
  return kind === 'json' ? jsonKind(scalars()) : kind;
}

/** One reference for each place where one is written, with the uses of all that were found there, in the order of the text. */
function onePerPlace(found: readonly FoundReference[]): readonly FoundReference[] {
  const sorted = found.toSorted((a, b) => a.range.start - b.range.start);
  const references: FoundReference[] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to]?.range.start === sorted[from]?.range.start) to++;
    const first = sorted[from];
    if (first) references.push(to - from > 1 ? merged(first, sorted.slice(from, to)) : first);
  }
  return references;
}

/** Of several at one place; what is certain counts. */
function merged(first: FoundReference, all: readonly FoundReference[]): FoundReference {
  const uses = all.flatMap((reference) => reference.uses).sort((a, b) => a.start - b.start);
  const distinct = uses.filter(({ start }, index) => start !== uses[index - 1]?.start);
  return { ...(all.find(({ certain }) => certain) ?? first), uses: distinct };
}
