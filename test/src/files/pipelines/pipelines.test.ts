import { describe, expect, it } from 'vitest';
import type { FoundReference } from '../../../../src/files/types.ts';
import { findReferences } from '../findings.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const githubFile = '.github/workflows/build.yml';
const azureFile = 'azure-pipelines.yml';
const gitlabFile = '.gitlab-ci.yml';

const find = (path: string, text: string) => findSound({ path, text });

function usesIn(text: string, reference: FoundReference | undefined): string[] {
  return (reference?.uses ?? []).map(({ start, end }) => text.slice(start, end));
}

describe('GithubActions', () => {
  const workflow = `name: CI
on:
  push:
    branches: [main]
  workflow_call:
    inputs:
      builder:
        type: string
        default: upstream.example/tools/builder:2 # kept by the tools team
env:
  IMAGE: upstream.example/shop/web
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: [20, 22]
        database:
          - upstream.example/library/postgres:15
          - 'upstream.example/library/postgres:16'
        target:
          - name: debian
            image: upstream.example/library/debian:12
        include:
          - database: upstream.example/library/mariadb:11
            experimental: true
        exclude:
          - database: upstream.example/library/postgres:15
    container: upstream.example/library/node:\${{ matrix.node }}-bookworm
    services:
      database:
        image: \${{ matrix.database }}
        ports: ['5432:5432']
      cache:
        image: "redis:7-alpine"
        credentials:
          username: image
      target:
        image: \${{matrix.target.image}}
    steps:
      - uses: actions/checkout@v4
      - uses: docker://upstream.example/tools/lint:3.1 # pinned
        with: { args: --all, image: nginx }
      - uses: docker://\${{ env.IMAGE }}
      - run: |
          docker pull upstream.example/library/alpine
  build:
    runs-on: ubuntu-latest
    container:
      image: \${{ inputs.builder }}
      env: { image: nginx }
      volumes: [/a:/b]
    steps: []
  deploy:
    container: \${{ needs.build.outputs.image }}
    uses: ./.github/workflows/deploy.yml
    with:
      image: upstream.example/shop/web
  other:
    strategy: { matrix: '\${{ fromJSON(needs.x.outputs.matrix) }}' }
    container: \${{ matrix.database }}
    services:
      a: { image: "\${{ format('{0}}}', env.X) }}:1" }
`;

  it('finds containers, services, steps, and what matrix and inputs put into them', () => {
    const found = find(githubFile, workflow);
    expect(summary(found)).toEqual([
      'upstream.example/tools/builder:2 = upstream.example/tools/builder:2, 1 uses',
      'upstream.example/library/postgres:15 = upstream.example/library/postgres:15, 1 uses',
      'upstream.example/library/postgres:16 = upstream.example/library/postgres:16, 1 uses',
      'upstream.example/library/debian:12 = upstream.example/library/debian:12, 1 uses',
      'upstream.example/library/mariadb:11 = upstream.example/library/mariadb:11, 1 uses',
      'upstream.example/library/node:${{ matrix.node }}-bookworm = upstream.example/library/node open',
      'redis:7-alpine = redis:7-alpine',
      'upstream.example/tools/lint:3.1 = upstream.example/tools/lint:3.1',
      'upstream.example/library/alpine = upstream.example/library/alpine',
    ]);
    // `exclude` looks for it.
    expect(found[1]?.name).toEqual({ kind: 'fixed', because: 'usedByName' });
    expect(found[2]?.name.kind).toBe('whole');
    expect(usesIn(workflow, found[0])).toEqual(['${{ inputs.builder }}']);
    expect(usesIn(workflow, found[1])).toEqual(['${{ matrix.database }}']);
  });

  it('leaves everything but the names when they change', () => {
    const changed = renamedIn(workflow, find(githubFile, workflow));
    for (const kept of [
      'default: downstream.example/cached/tools/builder:2 # kept by the tools team',
      "- 'downstream.example/cached/library/postgres:16'",
      'container: downstream.example/cached/library/node:${{ matrix.node }}-bookworm',
      'image: "downstream.example/cached/redis:7-alpine"',
      'uses: docker://downstream.example/cached/tools/lint:3.1 # pinned',
      'image: upstream.example/shop/web',
    ]) {
      expect(changed).toContain(kept);
    }
  });

  it('reads Docker and composite actions', () => {
    const action = `inputs:
  image: { default: upstream.example/tools/scan:1 }
runs:
  using: docker
  image: docker://upstream.example/tools/scan:1
`;
    expect(summary(find(githubFile, action))).toEqual([
      'upstream.example/tools/scan:1 = upstream.example/tools/scan:1',
    ]);
    expect(find(githubFile, action.replace('docker://upstream.example/tools/scan:1', 'Dockerfile'))).toEqual([]);
    const composite = `runs:\n  using: composite\n  steps:\n    - uses: docker://alpine:3\n    - uses: owner/action@v1\n`;
    expect(summary(find(githubFile, composite))).toEqual(['alpine:3 = alpine:3']);
  });

  it('does not guess which of several values a part has', () => {
    const text = `jobs:\n  a:\n    strategy: { matrix: { host: [one.example, two.example], app: [web] } }\n    container: \${{ matrix.host }}/app:1\n    services:\n      x: { image: 'upstream.example/\${{ matrix.app }}:1' }\n`;
    const found = find(githubFile, text);
    expect(summary(found)).toEqual(['upstream.example/${{ matrix.app }}:1 = upstream.example/web:1']);
    expect(found[0]?.name).toEqual({ kind: 'fixed', because: 'sharedVariable' });
  });

  it('keeps a scheme that stands in an escaped text', () => {
    expect(find(githubFile, 'runs:\n  image: "docker://upstream.example\\/app:1"\n')).toEqual([]);
  });
});

describe('GitlabCi', () => {
  const pipeline = `spec:
  inputs:
    builder: { default: upstream.example/tools/builder }
---
include:
  - project: platform/ci
    file: /image.yml
stages: [build, test]
variables:
  REGISTRY: upstream.example
  NODE_IMAGE: "upstream.example/library/node:22"
  POSTGRES: { value: postgres, description: Which database }
  TOOLS: $REGISTRY/tools
  LINT: \${TOOLS}/lint:$LINT_VERSION
  image: nginx
default:
  image: { name: 'upstream.example/library/alpine:3.20', entrypoint: [''] }
  services:
    - name: upstream.example/library/docker:27-dind
      alias: docker
.template: &template
  image: $NODE_IMAGE
  script: npm ci
build:
  <<: *template
  stage: build
  variables:
    REGISTRY: other.example
  services: ["redis:7", $POSTGRES, "\${REGISTRY}/queue:1"]
test:
  image: $REGISTRY/library/python:3.12
  parallel:
    matrix:
      - DATABASE: [upstream.example/library/mysql:8, upstream.example/library/mysql:9]
      - DATABASE: upstream.example/library/mariadb:11
  services:
    - $DATABASE
  artifacts:
    reports: { image: nginx }
lint:
  image: $LINT
  needs: [{ job: build, image: nginx }]
release:
  image: $CI_REGISTRY_IMAGE:latest
  script: [docker push]
pages:
  image: ruby:3.3
`;

  it('finds images and services with the variables of file and job', () => {
    const found = find(gitlabFile, pipeline);
    expect(summary(found)).toEqual([
      'upstream.example/library/node:22 = upstream.example/library/node:22, 1 uses',
      'postgres = postgres, 1 uses',
      '${TOOLS}/lint:$LINT_VERSION = upstream.example/tools/lint open, 1 uses',
      'upstream.example/library/alpine:3.20 = upstream.example/library/alpine:3.20',
      'upstream.example/library/docker:27-dind = upstream.example/library/docker:27-dind',
      'redis:7 = redis:7',
      '${REGISTRY}/queue:1 = other.example/queue:1',
      '$REGISTRY/library/python:3.12 = upstream.example/library/python:3.12',
      'upstream.example/library/mysql:8 = upstream.example/library/mysql:8, 1 uses',
      'upstream.example/library/mysql:9 = upstream.example/library/mysql:9, 1 uses',
      'upstream.example/library/mariadb:11 = upstream.example/library/mariadb:11, 1 uses',
      'ruby:3.3 = ruby:3.3',
    ]);
    expect(usesIn(pipeline, found[0])).toEqual(['$NODE_IMAGE']);
    expect(found.filter(({ name }) => name.kind === 'fixed').map(({ written, name }) => [written, name])).toEqual(
      ['${TOOLS}/lint:$LINT_VERSION', '${REGISTRY}/queue:1', '$REGISTRY/library/python:3.12'].map((written) => [
        written,
        { kind: 'fixed', because: 'sharedVariable' },
      ]),
    );
  });

  it('changes an image where its variable is defined', () => {
    const changed = renamedIn(pipeline, find(gitlabFile, pipeline));
    expect(changed).toContain('NODE_IMAGE: "downstream.example/cached/library/node:22"');
    expect(changed).toContain('image: $NODE_IMAGE');
    expect(changed).toContain('POSTGRES: { value: downstream.example/cached/postgres, description: Which database }');
  });

  it.each([
    ['a variable of itself', 'variables: { A: $B/x, B: $A/y }\nimage: $A:1\njob: { image: $A }'],
    ['what GitLab sets', 'image: $CI_REGISTRY_IMAGE'],
    ['an input', 'image: $[[ inputs.image ]]'],
    ['an open brace', 'variables: { A: x }\nimage: ${A'],
    ['a dollar sign', 'image: nginx$$'],
  ])('leaves %s alone', (_what, text) => {
    expect(find(gitlabFile, text)).toEqual([]);
  });

  it('does not change a definition that is part of other names', () => {
    const text = `variables:
  APP: upstream.example/app
  WEB: upstream.example/web:1
  TOOLS: upstream.example/tools
  LINT: $TOOLS/lint:1
a: { image: $APP }
b: { image: $APP/debug:1 }
c: { image: $WEB }
d: { image: $LINT }
e: { image: $TOOLS }
`;
    expect(find(gitlabFile, text).map(({ written, name }) => [written, name.kind])).toEqual([
      ['upstream.example/app', 'fixed'],
      ['upstream.example/web:1', 'whole'],
      ['upstream.example/tools', 'fixed'],
      ['$TOOLS/lint:1', 'fixed'],
      ['$APP/debug:1', 'fixed'],
    ]);
  });

  it('reads the image at the root', () => {
    expect(summary(find(gitlabFile, 'image: nginx:1\nservices: [redis]\n'))).toEqual([
      'nginx:1 = nginx:1',
      'redis = redis',
    ]);
  });
});

describe('AzurePipelines', () => {
  const pipeline = `trigger: [main]
parameters:
  - name: builder
    type: string
    default: upstream.example/tools/builder:2
  - { name: flavour, default: alpine, values: [alpine, debian] }
variables:
  - name: Registry
    value: upstream.example
  - group: secrets
resources:
  repositories:
    - repository: templates
  containers:
    - container: linux
      image: upstream.example/library/ubuntu:24.04
      options: --init
    - container: database
      image: $(registry)/library/postgres:16
    - container: own
      type: ACR
      azureSubscription: MyConnection
      registry: myregistry
      repository: image
    - \${{ if eq(parameters.flavour, 'debian') }}:
        - container: extra
          image: 'upstream.example/library/debian:\${{ parameters.tag }}'
pool: { vmImage: ubuntu-latest }
stages:
  - stage: build
    jobs:
      - job: inContainer
        container: linux
        services: { database: database, cache: "redis:7" }
        steps:
          - task: Docker@2
            inputs: { container: nginx:1, image: nginx:1 }
          - script: make
            target: { container: linux }
      - job: built
        container: \${{ parameters.builder }}
      - job: mapped
        container:
          image: upstream.example/library/node:22-\${{ parameters.flavour }}
          options: --privileged
          env: { image: nginx:1 }
      - \${{ if true }}:
          - deployment: later
            container: python:3.12
            \${{ if false }}:
              container: python:3.11
      - job: unknown
        container: $[ variables['x'] ]
      - job: shell
        container: $(docker images -q)
      - template: job.yml
        parameters: { builder: upstream.example/tools/builder:9, container: 'a:1' }
`;

  it('finds resources, containers and services, but no names of resources', () => {
    const found = find(azureFile, pipeline);
    expect(summary(found)).toEqual([
      'upstream.example/tools/builder:2 = upstream.example/tools/builder:2, 1 uses',
      'upstream.example/library/ubuntu:24.04 = upstream.example/library/ubuntu:24.04',
      '$(registry)/library/postgres:16 = upstream.example/library/postgres:16',
      'upstream.example/library/debian:${{ parameters.tag }} = upstream.example/library/debian open',
      'redis:7 = redis:7',
      'upstream.example/library/node:22-${{ parameters.flavour }} = upstream.example/library/node:22-alpine',
      'python:3.12 = python:3.12',
      'python:3.11 = python:3.11',
    ]);
    expect(found[2]?.name).toEqual({ kind: 'fixed', because: 'sharedVariable' });
  });

  it('leaves everything but the names when they change', () => {
    const changed = renamedIn(pipeline, find(azureFile, pipeline));
    for (const kept of [
      'default: downstream.example/cached/tools/builder:2',
      "image: 'downstream.example/cached/library/debian:${{ parameters.tag }}'",
      'image: downstream.example/cached/library/node:22-${{ parameters.flavour }}',
      'container: $[ variables',
      'inputs: { container: nginx:1, image: nginx:1 }',
    ]) {
      expect(changed).toContain(kept);
    }
  });

  it('reads a pipeline of one job, and a template of jobs', () => {
    expect(
      summary(find(azureFile, "container: 'upstream.example/library/ubuntu:24.04'\nsteps: [{ script: make }]\n")),
    ).toEqual(['upstream.example/library/ubuntu:24.04 = upstream.example/library/ubuntu:24.04']);
    const template = `parameters:
  image: upstream.example/tools/builder:2
jobs:
  - job: a
    container: \${{ parameters.image }}
  - job: b
    container: inherited
`;
    expect(summary(find(azureFile, template))).toEqual([
      'upstream.example/tools/builder:2 = upstream.example/tools/builder:2, 1 uses',
    ]);
  });

  it('does not say what a variable is that has another value in a job', () => {
    const text = `variables: { image: 'upstream.example/a:1', tag: 1 }
jobs:
  - job: a
    variables: { image: 'upstream.example/b:1' }
    container: $(image)
  - job: b
    container: upstream.example/c:$(tag)
`;
    expect(summary(find(azureFile, text))).toEqual(['upstream.example/c:$(tag) = upstream.example/c:1']);
  });
});

describe('a definition that anything but an image mentions', () => {
  const gitlab = (rest: string) =>
    `variables: { IMAGE: 'up.example/team/builder:1' }\ntest: { image: $IMAGE, script: [make] }\n${rest}\n`;
  const azure = (rest: string) =>
    `variables: { my.img: 'up.example/team/builder:1' }\nresources: { containers: [{ container: c, image: $(my.img) }] }\n${rest}\n`;
  const azureParameter = (rest: string) =>
    `parameters: [{ name: img, default: 'up.example/team/builder:1' }]\ncontainer: '\${{ parameters.img }}'\n${rest}\n`;
  const github = (rest: string) =>
    `on: { workflow_call: { inputs: { image: { default: 'up.example/team/builder:1' } } } }\njobs:\n  a: { container: '\${{ inputs.image }}' }\n  b:\n    ${rest}\n`;
  const matrix = (rest: string) =>
    `jobs:\n  a:\n    strategy: { matrix: { t: [{ image: 'up.example/team/builder:1' }] } }\n    container: \${{ matrix.t.image }}\n    ${rest}\n`;

  it.each<readonly [string, string, string]>([
    ['$NAME', gitlabFile, gitlab('build: { script: docker build -t $IMAGE . && docker push $IMAGE }')],
    ['${NAME}', gitlabFile, gitlab('build: { script: ["docker push ${IMAGE}"] }')],
    ['${NAME%…}', gitlabFile, gitlab('build: { before_script: ["echo ${IMAGE%:*}"] }')],
    ['%NAME%', gitlabFile, gitlab('build: { script: ["docker push %IMAGE%"] }')],
    ['$env:NAME', gitlabFile, gitlab('build: { script: ["docker push $env:IMAGE"] }')],
    ['a rule', gitlabFile, gitlab(`build: { rules: [{ if: '$IMAGE == "x"' }] }`)],
    ['another variable', gitlabFile, gitlab('build: { variables: { TARGET: $IMAGE } }')],
    ['$(name)', azureFile, azure('steps: [{ script: docker push $(My.Img) }]')],
    ['variables.name', azureFile, azure(`steps: [{ task: x@1, condition: "eq(variables['my.img'], 1)" }]`)],
    ['$[ ]', azureFile, azure('steps: [{ script: "$[variables[\'my.img\']]" }]')],
    ['PowerShell', azureFile, azure('steps: [{ pwsh: "docker push $env:MY_IMG" }]')],
    ['bash', azureFile, azure('steps: [{ bash: "docker push $MY_IMG" }]')],
    ['cmd', azureFile, azure('steps: [{ script: "docker push %MY_IMG%" }]')],
    ['${{ parameters }}', azureFile, azureParameter("steps: [{ script: 'x ${{ parameters.img }}' }]")],
    ['a condition', azureFile, azureParameter(`steps:\n- \${{ if eq(parameters.img, '') }}:\n  - script: x`)],
    ['all', azureFile, azureParameter("steps: [{ script: '${{ convertToJson(parameters) }}' }]")],
    ['an input', githubFile, github("steps: [{ run: 'docker push ${{ inputs.image }}' }]")],
    ['an input in env', githubFile, github("env: { X: '${{ github.event.inputs.image }}' }")],
    ['an if', githubFile, github("if: inputs.image == 'x'")],
    ['a matrix', githubFile, matrix("steps: [{ run: 'docker push ${{ matrix.t.image }}' }]")],
    ['a part of a matrix', githubFile, matrix("steps: [{ run: 'echo ${{ toJSON(matrix.t) }}' }]")],
  ])('keeps its name: %s', (_what, path, text) => {
    const found = find(path, text);
    expect(found.map(({ written, name }) => [written, name])).toEqual([
      ['up.example/team/builder:1', { kind: 'fixed', because: 'sharedVariable' }],
    ]);
    expect(found[0]?.uses).toHaveLength(1);
  });

  it.each<readonly [string, string, string]>([
    ['GitLab', gitlabFile, gitlab('b: { image: $IMAGE, script: ["echo $IMAGES $$ IMAGE 100%"] }')],
    ['Azure Pipelines', azureFile, azure('steps: [{ script: "echo my.img $(my.img2) variables" }]')],
    ['parameters', azureFile, azureParameter('steps: [{ script: "echo $(img) ${{ variables.img }}" }]')],
    ['inputs', githubFile, github("steps: [{ run: 'echo inputs ${{ matrix.image }} $image' }]")],
    ['matrices', githubFile, matrix("steps: [{ run: 'echo ${{ matrix.t.name }}' }]")],
  ])('changes it if only others are mentioned: %s', (_what, path, text) => {
    expect(renamedIn(text, find(path, text))).toBe(
      text.replace('up.example/team/builder:1', 'downstream.example/cached/team/builder:1'),
    );
  });
});

describe.each([githubFile, azureFile, gitlabFile])('%s', (path) => {
  it.each([
    ['variables that make each other longer', chain(400)],
    ['thousands of uses of a long list', lists(4000)],
  ])('ends with %s', (_what, text) => {
    expect(() => findReferences({ path, text })).not.toThrow();
  });
});

/** Each value has the next one twelve times. */
function chain(length: number): string {
  const variables = Array.from(
    { length },
    (_, index) => `  V${String(index)}: ${`$V${String(index + 1)}`.repeat(12)}\n`,
  );
  const jobs = Array.from({ length: 2000 }, (_, index) => `j${String(index)}:\n  image: $V0/x:$V1\n`);
  return `variables:\n${variables.join('')}${jobs.join('')}`;
}

function lists(length: number): string {
  const values = Array.from({ length: 256 }, (_, index) => `r/v${String(index)}:1`).join(', ');
  const services = Array.from({ length }, (_, index) => `      s${String(index)}: { image: '\${{ matrix.a }}' }\n`);
  return `jobs:\n  a:\n    strategy: { matrix: { a: [${values}] } }\n    services:\n${services.join('')}`;
}
