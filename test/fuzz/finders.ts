import { findReferences } from '../src/files/findings.ts';
import { findInArmTemplate, findInBicep, findInTerraform } from '../../src/files/infrastructure/findings.ts';
import { findInAzurePipelines } from '../../src/files/pipelines/azurePipelines.ts';
import { findInCompose } from '../../src/files/compose/compose.ts';
import { findInDevcontainer } from '../../src/files/compose/devcontainer.ts';
import { findInDockerfile } from '../../src/files/dockerfile/dockerfile.ts';
import { findInGithubActions } from '../../src/files/pipelines/githubActions.ts';
import { findInGitlabCi } from '../../src/files/pipelines/gitlabCi.ts';
import { findInHelmTemplate } from '../../src/files/kubernetes/helmTemplate.ts';
import { findInHelmValues } from '../../src/files/kubernetes/helmValues.ts';
import { findInKubernetes } from '../../src/files/kubernetes/kubernetes.ts';
import { findInKustomize } from '../../src/files/kubernetes/kustomize.ts';
import { findInMarkdown } from '../../src/files/markdown/markdown.ts';
import { findInShell } from '../../src/files/shell/shell.ts';
import type { FileKind } from '../../src/files/kinds.ts';
import { readJson } from '../../src/files/text/json.ts';
import { readYaml } from '../../src/files/yaml/yaml.ts';
import type { RuleFile } from '../../src/files/types.ts';
import type { Find } from './checks.ts';

const environment = new Map([
  ['IMAGE', 'upstreamregistry.example/env:1'],
  ['TAG', '2'],
  ['REG', 'host.example'],
]);

/** Each finder itself: `findReferences` would hide that one throws. In the order of the text, as `findReferences` puts them. */
export const finders: Readonly<Record<FileKind, Find>> = {
  dockerfile: ordered((text) => findInDockerfile(text)),
  compose: ordered((text) => findInCompose(text, readYaml(text), environment)),
  kubernetes: ordered((text) => findInKubernetes(text, readYaml(text))),
  kustomize: ordered((text) => findInKustomize(text, readYaml(text))),
  helmValues: ordered((text) => findInHelmValues(text, readYaml(text))),
  helmTemplate: ordered((text) => findInHelmTemplate(text)),
  githubActions: ordered((text) => findInGithubActions(text, readYaml(text))),
  azurePipelines: ordered((text) => findInAzurePipelines(text, readYaml(text))),
  gitlabCi: ordered((text) => findInGitlabCi(text, readYaml(text))),
  devcontainer: ordered((text) => findInDevcontainer(text, readJson(text))),
  armTemplate: ordered((text) => findInArmTemplate(text).references),
  bicep: ordered((text) => findInBicep(text).references),
  terraform: ordered((text) => findInTerraform(text).references),
  shell: ordered((text) => findInShell(text)),
  markdown: ordered((text) => findInMarkdown(text, (path, block) => findReferences({ path, text: block }))),
};

/** The readers of rules themselves. */
export const ruleReaders: Readonly<Record<'bicep' | 'armTemplate' | 'terraform', (text: string) => RuleFile>> = {
  bicep: (text) => findInBicep(text).ruleFile,
  armTemplate: (text) => findInArmTemplate(text).ruleFile,
  terraform: (text) => findInTerraform(text).ruleFile,
};

function ordered(find: Find): Find {
  return (text) => find(text).toSorted((a, b) => a.range.start - b.range.start);
}
