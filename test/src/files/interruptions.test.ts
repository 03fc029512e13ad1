import { describe, expect, it } from 'vitest';
import { findInAzurePipelines } from '../../../src/files/pipelines/azurePipelines.ts';
import { jsonKind, yamlKind } from '../../../src/files/infrastructure/contentKind.ts';
import { findInCompose } from '../../../src/files/compose/compose.ts';
import { findInDevcontainer } from '../../../src/files/compose/devcontainer.ts';
import { findInDockerfile } from '../../../src/files/dockerfile/dockerfile.ts';
import { findInGithubActions } from '../../../src/files/pipelines/githubActions.ts';
import { findInGitlabCi } from '../../../src/files/pipelines/gitlabCi.ts';
import { findInHelmTemplate } from '../../../src/files/kubernetes/helmTemplate.ts';
import { findInHelmValues } from '../../../src/files/kubernetes/helmValues.ts';
import { findInKubernetes } from '../../../src/files/kubernetes/kubernetes.ts';
import { findInKustomize } from '../../../src/files/kubernetes/kustomize.ts';
import { findInShell } from '../../../src/files/shell/shell.ts';
import { readArmRules } from '../../../src/files/rules/armRules.ts';
import { readBicepRules } from '../../../src/files/rules/bicepRules.ts';
import { readTerraformRules } from '../../../src/files/rules/terraformRules.ts';
import { collect, each, firstOf, runAtOnce, type Sliced } from '../../../src/common/slices.ts';
import { readArm } from '../../../src/files/infrastructure/armTemplate.ts';
import { readBicep } from '../../../src/files/infrastructure/bicepFile.ts';
import { readJson } from '../../../src/files/text/json.ts';
import type { Scalar } from '../../../src/files/yaml/scalars.ts';
import { shellCommands } from '../../../src/files/shell/shellCommands.ts';
import { readTerraform } from '../../../src/files/infrastructure/terraform.ts';
import { readYaml } from '../../../src/files/yaml/yaml.ts';
import { cutYaml } from '../../../src/files/yaml/yamlParts.ts';
import { inTextOrder } from '../../../src/files/text/textOrder.ts';

const items = 6000;

/** A file that is nearly all one list. */
function listOf(begin: string, item: (index: number) => string, end = ''): string {
  return begin + Array.from({ length: items }, (_, index) => item(index)).join('') + end;
}

/** Runs work of which `looked` tells how much it has looked at so far: how much that was, at most, between two interruptions. */
function longestStretch(work: Sliced<unknown>, looked: () => number): number {
  let [longest, before] = [0, looked()];
  for (let done = false; !done;) {
    done = work.next().done === true;
    longest = Math.max(longest, looked() - before);
    before = looked();
  }
  return longest;
}

function pausesOf(work: Sliced<unknown>): number {
  let pauses = 0;
  while (work.next().done !== true) pauses++;
  return pauses;
}

/** Scalars that count how often their paths are read, which is the first that any finder asks of one. */
function counted(scalars: readonly Scalar[]): { scalars: readonly Scalar[]; looked: () => number } {
  let reads = 0;
  const counting = scalars.map(({ path, ...rest }): Scalar => ({
    ...rest,
    get path() {
      reads++;
      return path;
    },
  }));
  return { scalars: counting, looked: () => reads };
}

describe('a finder of manifests looks at a part of a long list at a time', () => {
  const pod = 'apiVersion: v1\nkind: Pod\n';
  const workflow = 'jobs:\n  a:\n    steps:\n';
  const matrix = 'jobs:\n  a:\n    container: ${{ matrix.image }}\n    strategy:\n      matrix:\n        image:\n';
  it.each<readonly [string, (text: string, scalars: readonly Scalar[]) => Sliced<unknown>, string]>([
    ['containers', findInKubernetes, listOf(`${pod}spec:\n  containers:\n`, (at) => `  - image: u.example/a${at}\n`)],
    ['documents', findInKubernetes, listOf('', (at) => `---\n${pod}spec: {image: u.example/a${at}}\n`)],
    ['Secrets', findInKubernetes, listOf('', () => `--- {apiVersion: v1, kind: Secret, data: {image: a/b}}\n`)],
    ['builds', findInKubernetes, listOf(`${pod}spec:\n`, (at) => `- from: {kind: DockerImage, name: a/b${at}}\n`)],
    ['aliases', findInKubernetes, listOf(`${pod}x: &a u.example/a\nspec:\n`, () => `- image: *a\n`)],
    ['images', findInKustomize, listOf('images:\n', (at) => `- name: u.example/a${at}\n`)],
    [
      'images in parts',
      findInHelmValues,
      listOf('x:\n', (at) => `- {registry: u.example, repository: a${at}, tag: 1}\n`),
    ],
    ['merges', findInHelmValues, listOf('g: &g {tag: 1}\nx:\n', (at) => `- {<<: *g, repository: a/b${at}}\n`)],
    ['services', findInCompose, listOf('services:\n', (at) => `  a${at}: {image: u.example/a${at}}\n`)],
    ['built services', findInCompose, listOf('services:\n', (at) => `  a${at}: {image: a/b${at}, build: .}\n`)],
    ['steps', findInGithubActions, listOf(workflow, (at) => `    - run: docker pull u.example/a${at}\n`)],
    ['other steps', findInGithubActions, listOf(workflow, () => `    - run: ls\n`)],
    ['values of a matrix', findInGithubActions, listOf(matrix, (at) => `        - u.example/a${at}\n`)],
    [
      'container resources',
      findInAzurePipelines,
      listOf('resources:\n  containers:\n', (at) => `  - image: u.example/a${at}\n`),
    ],
    ['tasks', findInAzurePipelines, listOf('steps:\n', () => `- {task: Bash@3, inputs: {script: docker pull a/b}}\n`)],
    [
      'variables of Azure Pipelines',
      findInAzurePipelines,
      listOf('variables:\n', (at) => `- {name: a${at}, value: u.example/a}\n`),
    ],
    ['jobs', findInGitlabCi, listOf('', (at) => `a${at}: {image: u.example/a, script: docker pull a/b${at}}\n`)],
    ['variables of GitLab', findInGitlabCi, listOf('image: $A1\nvariables:\n', (at) => `  A${at}: u.example/a\n`)],
    ['keys', findInDevcontainer, listOf('image: u.example/a\n', (at) => `a${at}: b\n`)],
    ['YAML of no kind', (_, scalars) => yamlKind('a.yaml', scalars), listOf('', (at) => `a${at}: b\n`)],
    ['JSON of no kind', (_, scalars) => jsonKind(scalars), listOf('', (at) => `a${at}: b\n`)],
  ])('%s', (_name, find, text) => {
    const { scalars, looked } = counted(runAtOnce(readYaml(text)));
    const longest = longestStretch(find(text, scalars), looked);
    expect(looked()).toBeGreaterThanOrEqual(items);
    // 500 scalars, whose paths some look at three times.
    expect(longest).toBeLessThanOrEqual(1500);
  });

  it('in JSON as in YAML', () => {
    const text = listOf('{"apiVersion":"v1","kind":"Pod","spec":[', (at) => `{"image":"u.example/a${at}"},`, '0]}');
    const { scalars, looked } = counted(runAtOnce(readJson(text)));
    expect(longestStretch(findInKubernetes(text, scalars), looked)).toBeLessThanOrEqual(1500);
  });
});

describe('what has many of one thing is looked at with interruptions', () => {
  /** At least one for so many. */
  const pauses = items / 500;

  it.each([
    [
      'references in no order',
      inTextOrder(Array.from({ length: items }, (_, at) => ({ range: { start: (at * 7919) % 99_991, end: 99_999 } }))),
    ],
    [
      'lines of one list',
      cutYaml(
        listOf('', () => '- a\n'.repeat(10)),
        100,
      ),
    ],
    ['actions on one line of a Helm template', findInHelmTemplate(listOf('', () => '{{a}}'))],
  ])('%s', (_, work) => {
    expect(pausesOf(work)).toBeGreaterThanOrEqual(pauses);
  });

  // Instructions and commands by hundreds, then what they name.
  it.each([
    ['stages', findInDockerfile, listOf('', (at) => `COPY --from=u.example/a${at} a b\n`), items / 200],
    [
      'ARGs',
      findInDockerfile,
      listOf('', (at) => `ARG A${at}=u.example/a\n`) + listOf('', (at) => `FROM $A${at}\n`),
      (2 * items) / 200,
    ],
    ['variables', findInShell, listOf('', (at) => `A${at}=u.example/a${at}\ndocker pull $A${at}\n`), (2 * items) / 200],
  ])('%s', (_, find, text, before) => {
    expect(pausesOf(find(text))).toBeGreaterThanOrEqual(before + pauses);
  });

  it.each([
    [
      'Bicep',
      readBicep,
      readBicepRules,
      listOf('', (at) => `resource a${at} 'Microsoft.ContainerRegistry/registries/cacheRules@x' = {}\n`),
    ],
    [
      'Terraform',
      readTerraform,
      readTerraformRules,
      listOf('', (at) => `resource "azurerm_container_registry_cache_rule" "a${at}" {}\n`),
    ],
    [
      'ARM',
      readArm,
      readArmRules,
      listOf('{"resources":[', () => `{"type":"Microsoft.ContainerRegistry/registries/cacheRules"},`, '0]}'),
    ],
  ])('rules in %s', (_, read, readRules, text) => {
    const found = runAtOnce(readRules(text));
    expect(found.rules).toHaveLength(items);
    // What was read last is known.
    runAtOnce<unknown>(read(text));
    expect(pausesOf(readRules(text))).toBeGreaterThanOrEqual(pauses);
  });

  it.each([
    ['blank lines', '\n'],
    ['words', 'word '],
    ['continued lines', '\\\n'],
  ])('%s of a shell script without commands', (_, sign) => {
    const commands = [...shellCommands(sign.repeat(100_000), { escape: '\\' })];
    expect(commands.length).toBeGreaterThanOrEqual(49);
  });
});

describe('slices', () => {
  const many = Array.from({ length: 1300 }, (_, index) => index);

  it.each<readonly [string, Iterable<number>]>([
    ['an array', many],
    ['a set', new Set(many)],
  ])('give all of %s in order', (_, numbers) => {
    const seen: number[] = [];
    const indexes: number[] = [];
    const work = each(numbers, (number, index) => {
      seen.push(number);
      indexes.push(index);
    });
    expect(pausesOf(work)).toBe(2);
    expect(seen).toEqual(many);
    expect(indexes).toEqual(many);
    expect(runAtOnce(collect(numbers, (number) => (number % 2 ? number : undefined)))).toHaveLength(650);
    expect(runAtOnce(firstOf(numbers, (number) => (number > 600 ? number : undefined)))).toBe(601);
    expect(runAtOnce(firstOf(numbers, (number) => (number < 0 ? number : undefined)))).toBeUndefined();
  });
});
