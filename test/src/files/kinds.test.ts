import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHelmTemplate, jsonKind, yamlKind } from '../../../src/files/contentKind.ts';
import { fileKinds, kindOf } from '../../../src/files/kinds.ts';
import { readYaml } from '../../../src/files/yaml/yaml.ts';

describe('kindOf', () => {
  it.each([
    ['Dockerfile', 'dockerfile'],
    ['app/dockerfile', 'dockerfile'],
    ['app/DOCKERFILE', 'dockerfile'],
    ['Containerfile', 'dockerfile'],
    ['Dockerfile.dev', 'dockerfile'],
    ['web.Dockerfile', 'dockerfile'],
    ['docker/web.dockerfile', 'dockerfile'],
    ['Dockerfile.dockerignore', undefined],
    ['src/dockerfile.ts', undefined],
    ['docs/Dockerfile.md', 'markdown'],
    ['Dockerfile-old.txt', undefined],
    ['compose.yaml', 'compose'],
    ['docker-compose.yml', 'compose'],
    ['docker-compose.override.yml', 'compose'],
    ['compose.prod.yaml', 'compose'],
    ['docker-compose-ci.yml', 'compose'],
    ['decompose.yaml', 'yaml'],
    ['composer.json', 'json'],
    ['base/kustomization.yaml', 'kustomize'],
    ['base/Kustomization', 'kustomize'],
    ['chart/values.yaml', 'helmValues'],
    ['chart/values-prod.yaml', 'helmValues'],
    ['chart/prod.values.yaml', 'helmValues'],
    ['chart/templates/deployment.yaml', 'helmTemplate'],
    ['chart/templates/_helpers.tpl', 'helmTemplate'],
    ['chart/templates/tests/values.yaml', 'helmTemplate'],
    ['chart/templates/NOTES.txt', undefined],
    ['chart/Chart.yaml', 'yaml'],
    ['.github/workflows/ci.yml', 'githubActions'],
    ['.github/workflows/templates/ci.yml', 'helmTemplate'],
    ['.github/dependabot.yml', 'yaml'],
    ['scan/action.yaml', 'githubActions'],
    ['azure-pipelines.yml', 'azurePipelines'],
    ['ci/azure-pipelines-release.yaml', 'azurePipelines'],
    ['.azure-pipelines/jobs/build.yml', 'azurePipelines'],
    ['.azuredevops/templates/build.yml', 'azurePipelines'],
    ['.gitlab-ci.yml', 'gitlabCi'],
    ['ci/build.gitlab-ci.yml', 'gitlabCi'],
    ['.gitlab/ci/build.yml', 'gitlabCi'],
    ['.devcontainer/devcontainer.json', 'devcontainer'],
    ['.devcontainer/python/devcontainer.json', 'devcontainer'],
    ['.devcontainer.json', 'devcontainer'],
    ['azuredeploy.json', 'armTemplate'],
    ['main.json', 'json'],
    ['main.bicep', 'bicep'],
    ['main.bicepparam', 'bicep'],
    ['main.tf', 'terraform'],
    ['prod.auto.tfvars', 'terraform'],
    ['main.tofu', 'terraform'],
    ['build.sh', 'shell'],
    ['build.ps1', undefined],
    ['Makefile', undefined],
    ['README.md', 'markdown'],
    ['deploy.yaml', 'yaml'],
    ['notes.txt', undefined],
    ['', undefined],
  ])('%s by its name: %s', (path, kind) => {
    expect(kindOf(path, undefined)).toBe(kind);
    expect(kindOf(`/workspace/${path}`, 'plaintext')).toBe(kind);
    expect(kindOf(`/WORKSPACE/${path.toUpperCase()}`, undefined)).toBe(kind);
  });

  it.each([
    ['build/base', 'dockerfile', 'dockerfile'],
    ['web.yaml', 'dockercompose', 'compose'],
    ['Untitled-1', 'yaml', 'yaml'],
    ['Untitled-1', 'jsonc', 'json'],
    ['compose.yaml', 'yaml', 'compose'],
    ['pipeline.yaml', 'azure-pipelines', 'azurePipelines'],
    ['.github/workflows/ci.yml', 'github-actions-workflow', 'githubActions'],
    ['chart/values.yaml', 'helm', 'helmValues'],
    ['chart/thing.yaml', 'helm', 'helmTemplate'],
    ['dockerfile.ts', 'typescript', undefined],
    ['run', 'shellscript', 'shell'],
    ['x', 'constructor', undefined],
    ['x', '__proto__', undefined],
  ])('%s in %s: %s', (path, language, kind) => {
    expect(kindOf(path, language)).toBe(kind);
  });

  it('ends for any path', () => {
    for (const part of ['/', 'templates/', '.gitlab/', 'compose', '.azure-pipelines/a/', 'values', 'dockerfile.']) {
      kindOf(part.repeat(4096 / part.length), undefined);
      kindOf(`${part.repeat(4096 / part.length)}.yaml/`, undefined);
    }
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, language) => {
        kindOf(path, language);
      }),
    );
  });

  it('has languages that it knows', () => {
    for (const { kind, languages = [], sharedLanguages = [] } of fileKinds) {
      for (const language of [...languages, ...sharedLanguages]) expect(kindOf('x', language)).toBe(kind);
    }
  });
});

describe('yamlKind', () => {
  it.each([
    ['kubernetes', 'apiVersion: apps/v1\nkind: Deployment\nspec: {}\n'],
    ['kubernetes', '# only a comment\n---\napiVersion: v1\nkind: List\nitems: []\n'],
    ['kubernetes', 'kind: Service\nservices: { web: { image: nginx } }\napiVersion: v1\n'],
    ['kustomize', 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'],
    ['compose', 'services:\n  web:\n    image: nginx\n'],
    ['compose', 'services:\n  web:\n    build: .\n'],
    ['githubActions', 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n'],
    ['githubActions', 'name: x\nruns:\n  using: docker\n'],
    ['azurePipelines', 'jobs:\n  - job: a\n    container: linux\n'],
    ['azurePipelines', 'stages:\n  - ${{ if true }}:\n      - stage: a\n'],
    ['azurePipelines', 'steps:\n  - script: make\n'],
    ['azurePipelines', 'resources:\n  containers:\n    - container: a\n'],
    ['gitlabCi', 'stages: [build]\nbuild:\n  script: [make]\n'],
    ['gitlabCi', '.base:\n  image: nginx\n  script: make\n'],
    ['helmValues', 'web:\n  image:\n    repository: nginx\n    tag: 1\n'],
    [undefined, 'script: [make]\n'],
    [undefined, 'services: [docker]\n'],
    [undefined, 'apiVersion: 1\n'],
    [undefined, 'kind: x\n'],
    [undefined, 'apiVersion: v2\nname: chart\n'],
    [undefined, ''],
  ])('%s: %j', (kind, text) => {
    expect(yamlKind('any.yaml', readYaml(text))).toBe(kind);
  });

  it('takes what lies among values for values', () => {
    expect(yamlKind('deploy/values/prod.yaml', readYaml('image: nginx:1\n'))).toBe('helmValues');
  });
});

describe('jsonKind', () => {
  // JSON is YAML too.
  it.each([
    ['armTemplate', '"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"'],
    [
      'armTemplate',
      '"$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"',
    ],
    [undefined, '"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"'],
    ['kubernetes', '"apiVersion": "v1", "kind": "Pod"'],
    [undefined, '"kind": "Pod"'],
  ])('%s: %s', (kind, content) => {
    expect(jsonKind(readYaml(`{ ${content}, "x": 1 }`))).toBe(kind);
  });
});

describe('isHelmTemplate', () => {
  it.each([
    [true, 'image: {{ .Values.image }}'],
    [true, '{{- if .Values.x }}\nimage: nginx\n{{- end }}'],
    [false, 'container: ${{ parameters.image }}'],
    [false, 'image: nginx'],
  ])('%s: %j', (expected, text) => {
    expect(isHelmTemplate(text)).toBe(expected);
  });
});
