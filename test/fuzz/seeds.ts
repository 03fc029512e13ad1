import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileKind } from '../../src/files/kinds.ts';

/** What inputs of one kind of file are made from. */
export interface Seeds {
  /** A path by which the file is of its kind. */
  readonly path: string;
  readonly texts: readonly [string, ...string[]];
  /** Pieces of its grammar. */
  readonly tokens: readonly [string, ...string[]];
}

const images: readonly [string, ...string[]] = [
  'upstreamregistry.example/team/app:1.2',
  'alpine',
  'localhost:5000/a/b@sha256:' + 'a'.repeat(64),
  '[::1]:5000/x:y',
  '${REG:-upstreamregistry.example}/app:${TAG}',
  '$IMAGE',
  'host.example/a b',
  'Upper.Example/App',
];

const yamlTokens: readonly [string, ...string[]] = [
  ...images,
  ...[
    'image: ',
    'images:\n',
    '- ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    ': ',
    '"',
    "'",
    '&a ',
    '*a',
    '<<: *a',
    '{',
    '}',
    '[',
    ']',
  ],
  ...['|\n', '>-\n', '#c\n', '---\n', '...\n', '? ', '!!str ', '\\u0041', ', ', '%YAML 1.2\n', '\u{1f600}', '\ufeff'],
];

const yamlText = `services:\n  web: &web\n    image: "upstreamregistry.example/team/app:1.2" # why\n  x:\n    <<: *web\n    image: \${REG:-host.example}/a:\${TAG:-1}\n`;

const kubernetesText = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      initContainers:\n      - name: i\n        image: 'upstreamregistry.example/i@sha256:${'0'.repeat(64)}'\n      containers:\n      - {name: c, image: alpine:3}\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: "host.example/b"}]}\n`;

/** By name of the target. Short, so that most of an input is worth changing; the realistic files of the unit tests come on top. */
export const seeds = {
  dockerfile: {
    path: 'Dockerfile',
    texts: [
      `# syntax=docker/dockerfile:1\nARG REG=upstreamregistry.example\nARG TAG=1\nFROM --platform=linux/amd64 $REG/app:\${TAG} AS build\nCOPY --from=host.example/x:1 /a /b\nRUN --mount=type=bind,from=alpine:3,target=/x echo\nFROM build\n`,
      'FROM "a:1" AS x\nFROM host.example/a:1@sha256:' +
        '0'.repeat(64) +
        '\nCOPY --from=0 a b\nRUN <<EOF\nFROM no\nEOF\n',
    ],
    tokens: [
      ...images,
      ...[
        'FROM ',
        'ARG ',
        'COPY --from=',
        'RUN --mount=type=bind,from=',
        ' AS ',
        '\\\n',
        '\n',
        '\r\n',
        '`',
        '# escape=`\n',
      ],
      ...[
        '# syntax=',
        '$',
        '${A:-',
        '${A:+',
        '}',
        '=',
        '"',
        "'",
        '--platform=',
        'ONBUILD ',
        '<<EOF\n',
        'EOF\n',
        ' ',
        '\t',
        '#',
        '$(',
        ',',
      ],
    ],
  },
  compose: {
    path: 'compose.yaml',
    texts: [yamlText],
    tokens: ['services:\n', 'x-a:\n', 'build:\n', ...yamlTokens, '$$'],
  },
  kubernetes: {
    path: 'deploy/web.yaml',
    texts: [kubernetesText],
    tokens: ['apiVersion: v1\n', 'kind: Pod\n', 'spec:\n', 'containers:\n', ...yamlTokens],
  },
  kustomize: {
    path: 'kustomization.yaml',
    texts: [
      'images:\n- name: upstreamregistry.example/app\n  newTag: "1"\n- name: b\n  newName: host.example/b\n  digest: sha256:' +
        '0'.repeat(64) +
        '\n- {name: c}\n',
    ],
    tokens: ['images:\n', 'name: ', 'newName: ', 'newTag: ', 'digest: ', ...yamlTokens],
  },
  helmValues: {
    path: 'values.yaml',
    texts: [
      'global:\n  imageRegistry: host.example\nimage:\n  registry: upstreamregistry.example\n  repository: team/app\n  tag: "1"\n  digest: ""\nside:\n  image: {repository: host.example/b, tag: 2}\nplain: {image: "alpine:3"}\n',
    ],
    tokens: ['image:\n', 'registry: ', 'repository: ', 'tag: ', 'digest: ', ...yamlTokens],
  },
  helmTemplate: {
    path: 'chart/templates/a.yaml',
    texts: [
      '{{- if .Values.x }}\nspec:\n  image: "host.example/a:{{ .Values.tag }}"\n  image: {{ .Values.image }}\n{{/* image: b */}}\n  image: alpine:3\n{{ end -}}\n',
    ],
    tokens: ['{{ ', ' }}', '{{- ', ' -}}', '{{/*', '*/}}', '.Values.a', ...yamlTokens, '`', '\ue000'],
  },
  githubActions: {
    path: '.github/workflows/ci.yaml',
    texts: [
      'jobs:\n  a:\n    container: host.example/a:1\n    services:\n      db: {image: "postgres:17"}\n    steps:\n    - uses: docker://alpine:3\n    - run: docker pull host.example/b\n',
      'jobs:\n  a:\n    strategy: { matrix: { a: [ "x:1", y ] } }\n    container: ${{ matrix.a }}\n',
    ],
    tokens: [
      'jobs:\n',
      'container: ',
      'services:\n',
      'uses: docker://',
      'run: |\n',
      '${{ x }}',
      ...yamlTokens,
      '${{ matrix.a }}',
    ],
  },
  azurePipelines: {
    path: 'azure-pipelines.yml',
    texts: [
      'variables: { x: host.example/v }\nresources:\n  containers:\n  - container: a\n    image: host.example/a:1\njobs:\n- job: x\n  container: alpine:3\n  steps:\n  - script: docker pull b\n',
    ],
    tokens: ['resources:\n', 'containers:\n', 'container: ', 'script: ', '$(x)', '${{ if }}', ...yamlTokens, '$['],
  },
  gitlabCi: {
    path: '.gitlab-ci.yml',
    texts: [
      'variables: {IMG: host.example/a}\nimage: {name: "$IMG:1", entrypoint: [""]}\nservices: [postgres:17, {name: host.example/b}]\njob:\n  image: alpine:3\n  script: [docker pull c]\n',
    ],
    tokens: [
      'image:\n',
      'services:\n',
      'name: ',
      'variables:\n',
      '$CI_REGISTRY/',
      'script:\n',
      ...yamlTokens,
      '$IMG',
      '$$',
    ],
  },
  devcontainer: {
    path: '.devcontainer/devcontainer.json',
    texts: ['{\n  // c\n  "image": "host.example/a:1",\n  "build": {"cacheFrom": ["b:1"]},\n}\n'],
    tokens: [
      ...images,
      '"image"',
      '"cacheFrom"',
      ':',
      '{',
      '}',
      '[',
      ']',
      ',',
      '//c\n',
      '/*',
      '*/',
      '\\u0041',
      '"',
      '\n',
      ' ',
    ],
  },
  armTemplate: {
    path: 'azuredeploy.json',
    texts: [
      '{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","resources":[{"type":"Microsoft.ContainerRegistry/registries/cacheRules","apiVersion":"2025-04-01","name":"myregistry/rule1","properties":{"sourceRepository":"upstreamregistry.example/a","targetRepository":"a"}},{"image":"host.example/b:1"}]}',
    ],
    tokens: [
      ...images,
      '"resources"',
      '"type"',
      '"properties"',
      '"Microsoft.ContainerRegistry/registries/cacheRules"',
      '"[concat(',
      ')]"',
      ':',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      '\n',
      '\\n',
    ],
  },
  bicep: {
    path: 'main.bicep',
    texts: [
      "param tag string = '1'\nvar reg = 'host.example'\nresource r 'Microsoft.ContainerRegistry/registries/cacheRules@2025-04-01' = {\n  name: 'rule1'\n  parent: acr // c\n  properties: {\n    sourceRepository: 'upstreamregistry.example/a'\n    targetRepository: 'a'\n  }\n}\nvar i = '${reg}/a:${tag}'\nvar m = '''\nhost.example/x:1\n'''\n",
    ],
    tokens: [
      ...images,
      "'",
      "'''",
      '${',
      '}',
      '{',
      'resource a ',
      "'Microsoft.ContainerRegistry/registries/cacheRules@2025-04-01' = {\n",
      'properties: {\n',
      'sourceRepository: ',
      'name: ',
      '//c\n',
      '/*',
      '*/',
      '\\u{41}',
      '\n',
      '\r\n',
      ' ',
      '[for x in y: ',
      ']',
      '(',
      ')',
    ],
  },
  terraform: {
    path: 'main.tf',
    texts: [
      'locals {\n  reg = "host.example"\n  img = "${local.reg}/a:1"\n}\nresource "azurerm_container_registry_cache_rule" "r" {\n  name = "rule1"\n  container_registry_id = azurerm_container_registry.a.id\n  source_repo = "upstreamregistry.example/a" # c\n  target_repo = "a"\n}\nx = <<-EOT\n  host.example/b\n  EOT\n',
    ],
    tokens: [
      ...images,
      '"',
      '${',
      '%{',
      '}',
      '{',
      '$${',
      '<<EOT\n',
      'EOT\n',
      'resource "azurerm_container_registry_cache_rule" "a" {\n',
      'source_repo = ',
      'target_repo = ',
      'name = ',
      '#c\n',
      '//c\n',
      '/*',
      '*/',
      '\\u0041',
      '\n',
      '\r\n',
      ' ',
      '[',
      ']',
      '(',
      ')',
    ],
  },
  shell: {
    path: 'run.sh',
    texts: [
      '#!/bin/sh\nREG=host.example\ndocker pull "$REG/a:1" && podman run --rm -e A=b alpine:3 sh -c \'docker run x\'\nnerdctl run \\\n  -it host.example/b # c\ncat <<EOF\ndocker pull no\nEOF\n',
    ],
    tokens: [
      ...images,
      'docker pull ',
      'podman run ',
      'nerdctl ',
      '--rm ',
      '-e A=b ',
      '-',
      '--',
      '&&',
      '|',
      ';',
      '"',
      "'",
      '$(',
      ')',
      '`',
      '\\',
      '\\\n',
      '\n',
      '\r\n',
      '<<EOF\n',
      'EOF\n',
      '#c\n',
      'A=',
      '${A}',
      ' ',
    ],
  },
  markdown: {
    path: 'README.md',
    texts: [
      '# T\n\n```sh\n$ docker pull host.example/a:1\n```\n\n- x\n\n  ~~~dockerfile\n  FROM alpine:3\n  ~~~\n\n    docker run host.example/b\n\n> ```console\n> docker run b\n> ```\n',
    ],
    tokens: [
      ...images,
      '```',
      '```sh\n',
      '~~~',
      '\n',
      '\r\n',
      '    ',
      '> ',
      '- ',
      '`',
      'docker pull ',
      'FROM ',
      '# ',
      '<',
      '[',
      '](',
      '\\',
      ...['1. ', '$ ', '<div>', 'I=', '$I', '```yaml\n', '```console\n', 'FROM host.example/c:1', '\t'],
    ],
  },
} as const satisfies Record<FileKind, Seeds>;

/** The realistic files of the unit tests whose names end alike, if there are any. */
export function withFixtures({ path, texts, tokens }: Seeds, folder: string): Seeds {
  const ending = path.slice(path.lastIndexOf('/') + 1).replace(/^.*(?=\.)/, '');
  let names: string[] = [];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    // There is none.
  }
  const found = names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((text) => text.length <= 4096);
  return { path, texts: [...texts, ...found], tokens };
}
