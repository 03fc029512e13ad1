import { DockerfileParser } from 'dockerfile-ast';
import { parseTree } from 'jsonc-parser';
import MarkdownIt from 'markdown-it';
import { parseAllDocuments } from 'yaml';
import { armIdKey, registryArmId } from '../../src/domain/armId.ts';
import type { CacheRule, ImageReference } from '../../src/domain/types.ts';
import { findInFile } from '../../src/files/find.ts';
import type { FoundReference, TextFile } from '../../src/files/types.ts';
import { createObservations } from '../../src/inventory/observations.ts';
import { createResolver } from '../../src/inventory/resolution.ts';
import type { Resolution, Resolver } from '../../src/inventory/resolutionTypes.ts';
import type { InventoryState, RegistryEntry } from '../../src/inventory/types.ts';
import { isReference } from '../../src/ui/services/indexedResolver.ts';
import { median } from './statistics.ts';

/** One large file; milliseconds of processor time, medians. */
export interface EditorFileResult {
  readonly path: string;
  readonly lines: number;
  readonly references: number;
  /** Its images and cache rules are looked for: what the worker thread does. */
  readonly readMs: number;
  /** The package that parses this kind makes its own tree of the same text, in turn with the above. None for what no package reads. */
  readonly bareMs?: number;
  /** Every reference is resolved: what is left to the extension host. */
  readonly resolveMs: number;
}

export interface EditorResult {
  readonly rules: number;
  /** The indexes over all rules, made once for each list of rules. Milliseconds. */
  readonly indexMs: number;
  /** One reference resolved. Microseconds, median of batches. */
  readonly resolveUs: number;
  readonly files: readonly EditorFileResult[];
}

const rulesPerRegistry = 5000;
const lines = 5000;
const references = 1000;
const runs = 11;
/** A thread's clock goes on about once in a millisecond. */
const readingsPerRun = 5;
const subscription = '00000000-0000-0000-0000-000000000001';

/** What it takes to look at a file: finding the references, beside what its bare parser takes, and resolving each against all rules. */
export function measureEditor(): EditorResult {
  const state = stateWithRules();
  const resolver = createResolver(state, createObservations());
  const started = performance.now();
  resolver.resolve({ host: 'upstream0.example', repository: 'team-1/app', tag: '1' });
  const indexMs = performance.now() - started;
  return {
    rules: 2 * rulesPerRegistry,
    indexMs,
    resolveUs: measureResolve(resolver),
    files: subjects().map((subject) => measureFile(subject, resolver)),
  };
}

/** A file, and what its bare parser does. */
interface Subject {
  readonly file: TextFile;
  readonly parse?: (text: string) => unknown;
}

function subjects(): readonly Subject[] {
  const yaml = (text: string) => parseAllDocuments(text);
  return [
    { file: dockerfile(), parse: (text) => DockerfileParser.parse(text) },
    { file: compose(), parse: yaml },
    { file: kubernetes(), parse: yaml },
    { file: helmValues(), parse: yaml },
    { file: workflow(), parse: yaml },
    { file: pipeline(), parse: yaml },
    { file: gitlab(), parse: yaml },
    { file: armTemplate(), parse: (text) => parseTree(text) },
    { file: markdown(), parse: (text) => new MarkdownIt().parse(text, {}) },
    { file: bicep() },
    { file: terraform() },
    { file: script() },
  ];
}

function measureFile({ file, parse }: Subject, resolver: Resolver): EditorFileResult {
  // The code is warm from smaller files of its kind.
  for (let run = 0; run < 20; run++) {
    const text = file.text.slice(0, 20_000 - run);
    read({ ...file, text });
    parse?.(text);
  }
  const found = read(file);
  if (found.length !== references) throw new Error(`${found.length} references in ${file.path}, not ${references}.`);
  const verdicts = resolved(found, resolver).map(({ verdict }) => verdict);
  const served = verdicts.filter((verdict) => verdict === 'bypassed' || verdict === 'served').length;
  if (served < references / 2) throw new Error(`Only ${served} references of ${file.path} meet a rule.`);
  const times = Array.from({ length: runs }, (_, run) => {
    // Another text each time: nothing may be known of it.
    const texts = Array.from({ length: readingsPerRun }, (_, index) =>
      changed(file.text, run * readingsPerRun + index),
    );
    return {
      readMs: processorMs(texts, (text) => read({ ...file, text })),
      bareMs: processorMs(texts, (text) => parse?.(text)),
      resolveMs: processorMs(texts, () => resolved(found, resolver)),
    };
  });
  return {
    path: file.path,
    lines: file.text.split('\n').length - 1,
    references: found.length,
    readMs: median(times.map(({ readMs }) => readMs)),
    ...(parse && { bareMs: median(times.map(({ bareMs }) => bareMs)) }),
    resolveMs: median(times.map(({ resolveMs }) => resolveMs)),
  };
}

/** As the worker thread does it. */
function read(file: TextFile): readonly FoundReference[] {
  return findInFile(file).references;
}

/** As `ui/editor/inspections.lazy.ts` does it. */
function resolved(found: readonly FoundReference[], resolver: Resolver): readonly Resolution[] {
  return found.filter((one) => isReference(one, resolver)).map(({ image }) => resolver.resolve(image));
}

/** A character more behind one of the remarks, another one each time. */
function changed(text: string, run: number): string {
  const remark = 'of team ';
  const from = Math.floor((text.length * ((run * 7) % 40)) / 40);
  const next = text.indexOf(remark, from);
  const at = (next < 0 ? text.indexOf(remark) : next) + remark.length;
  return `${text.slice(0, at)}x${run}${text.slice(at)}`;
}

function measureResolve(resolver: Resolver): number {
  const images = Array.from({ length: 300 }, (_, index): ImageReference => ({
    host: index % 3 === 0 ? 'cache0.example' : index % 3 === 1 ? 'upstream1.example' : 'upstream0.example',
    repository: index % 3 === 0 ? `cache/team-${index * 8 + 1}/app` : `team-${index * 8}/nested/a/b`,
    tag: '1.0',
  }));
  return median(
    Array.from({ length: 200 }, () => (timed(() => images.map((image) => resolver.resolve(image)))[1] * 1000) / 300),
  );
}

/** Of this thread for one of the texts, which a busy machine does not make longer. */
function processorMs(texts: readonly string[], run: (text: string) => unknown): number {
  const before = process.threadCpuUsage();
  for (const text of texts) run(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / texts.length;
}

function timed<T>(run: () => T): [result: T, ms: number] {
  const started = performance.now();
  const result = run();
  return [result, performance.now() - started];
}

function stateWithRules(): InventoryState {
  const entries = [0, 1].map((number): RegistryEntry => {
    const id = registryArmId(subscription, 'group', `cache${number}`);
    const rules = Array.from({ length: rulesPerRegistry }, (_, index): CacheRule => {
      const path = index % 2 ? `team-${index}/app` : `team-${index}/*`;
      return {
        id: `${id}/cacheRules/rule-${index}`,
        name: `rule-${index}`,
        registryId: id,
        sourceRepository: `upstream${number}.example/${path}`,
        targetRepository: `cache/${path}`,
      };
    });
    return { registry: registry(id, `cache${number}`), rules, rulesFreshness: 'current' };
  });
  return {
    signedIn: true,
    cloudName: '',
    subscriptions: [],
    registries: new Map(entries.map((entry) => [armIdKey(entry.registry.id), entry])),
    freshness: 'current',
    failures: [],
  };
}

function registry(id: string, name: string): RegistryEntry['registry'] {
  return {
    id,
    name,
    subscriptionId: subscription,
    resourceGroup: 'group',
    location: 'eastus',
    tenantId: subscription,
    loginServer: `${name}.example`,
    sku: 'Premium',
    roleAssignmentMode: 'AbacRepositoryPermissions',
    acceptsArmTokens: true,
  };
}

/** Two of three meet a rule. */
function imageOf(index: number): string {
  const odd = (index * 2 + 1) % rulesPerRegistry;
  const forms = [
    `upstream0.example/team-${odd}/app:1.${index}`,
    `upstream1.example/team-${odd - 1}/a/b:2`,
    `other.example/x-${index}:3`,
  ];
  return forms[index % forms.length] ?? '';
}

/** Each block of five lines names one image. */
function file(path: string, head: string, block: (image: string, index: number) => string, tail = ''): TextFile {
  const count = lines / references;
  const blocks = Array.from({ length: references }, (_, index) => {
    const text = block(imageOf(index), index);
    if (text.split('\n').length - 1 !== count) throw new Error(`A block of ${path} has not ${count} lines.`);
    return text;
  });
  return { path, text: head + blocks.join('') + tail };
}

const dockerfile = (): TextFile =>
  file(
    'Dockerfile',
    '',
    (image, index) =>
      `# Stage ${index} of team ${index}\nFROM ${image} AS stage-${index}\nWORKDIR /src/${index}\nCOPY --chown=app:app . .\nRUN make install && rm -rf /tmp/*\n`,
  );

const compose = (): TextFile =>
  file(
    'compose.yaml',
    'services:\n',
    (image, index) =>
      `  service-${index}: # of team ${index}\n    image: "${image}"\n    restart: unless-stopped\n    environment:\n      LEVEL: debug\n`,
  );

const kubernetes = (): TextFile =>
  file(
    'deploy/pods.yaml',
    '',
    (image, index) =>
      `---\napiVersion: v1 # of team ${index}\nkind: Pod\nmetadata: {name: pod-${index}, labels: {app: web}}\nspec: {containers: [{name: web, image: "${image}"}]}\n`,
  );

const workflow = (): TextFile =>
  file(
    '.github/workflows/build.yml',
    'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n',
    (image, index) =>
      `      - name: Step ${index} of team ${index}\n        run: |\n          cd service-${index}\n          docker run --rm -v "$PWD:/src" ${image} make\n          echo done\n`,
  );

const helmValues = (): TextFile =>
  file('values.yaml', '', (image, index) => {
    const [name = '', tag = ''] = image.split(':');
    const [registry, ...path] = name.split('/');
    return `app${index}: # of team ${index}\n  image:\n    registry: ${registry}\n    repository: ${path.join('/')}\n    tag: "${tag}"\n`;
  });

const pipeline = (): TextFile =>
  file(
    'azure-pipelines.yml',
    'jobs:\n',
    (image, index) =>
      `- job: job${index} # of team ${index}\n  container: ${image}\n  steps:\n    - script: make test\n      displayName: Test\n`,
  );

const gitlab = (): TextFile =>
  file(
    '.gitlab-ci.yml',
    'stages: [test]\n',
    (image, index) =>
      `job-${index}: # of team ${index}\n  stage: test\n  script:\n    - docker pull ${image}\n    - make test\n`,
  );

const script = (): TextFile =>
  file(
    'pull.sh',
    '#!/bin/sh\n',
    (image, index) =>
      `# Service of team ${index}\ncd "service-${index}" || exit 1\ndocker run --rm ${image} \\\n  make --jobs=4\ncd ..\n`,
  );

const bicep = (): TextFile =>
  file(
    'main.bicep',
    'param location string = resourceGroup().location\n',
    (image, index) =>
      `resource app${index} 'Microsoft.App/containerApps@2024-03-01' = { // of team ${index}\n  name: 'app-${index}'\n  location: location\n  properties: { template: { containers: [ { name: 'web', image: '${image}' } ] } }\n}\n`,
  );

const terraform = (): TextFile =>
  file(
    'main.tf',
    'variable "location" {}\n',
    (image, index) =>
      `resource "kubernetes_pod" "pod-${index}" { # of team ${index}\n  metadata { name = "pod-${index}" }\n  wait = var.location == "here"\n  spec { container { image = "${image}" } }\n}\n`,
  );

const armTemplate = (): TextFile =>
  file(
    'azuredeploy.json',
    '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": [\n',
    (image, index) =>
      `{"type": "Microsoft.App/containerApps", "apiVersion": "2024-03-01", // of team ${index}\n  "name": "app-${index}",\n  "location": "[parameters('location')]",\n  "properties": {"template": {"containers": [{"name": "web", "image": "${image}"}]}}\n},\n`,
    ']}\n',
  );

/** Without a heading at which it could be cut. */
const markdown = (): TextFile =>
  file('README.md', 'How to run it.\n', (image, index) =>
    `\nThe service of team ${index} *runs* so:\n\n~~~sh\ndocker run --rm ${image}\n~~~\n`.replace(
      '\n\n~~~sh',
      '\n~~~sh',
    ),
  );
