import { armIdKey, registryArmId } from '../../src/domain/armId.ts';
import type { CacheRule, ImageReference } from '../../src/domain/types.ts';
import { findReferences, findRuleDefinitions } from '../../src/files/find.ts';
import type { TextFile } from '../../src/files/types.ts';
import { createListings } from '../../src/inventory/listings.ts';
import { createResolver } from '../../src/inventory/resolution.ts';
import type { Resolver } from '../../src/inventory/resolutionTypes.ts';
import type { InventoryState, RegistryEntry } from '../../src/inventory/types.ts';
import { isReference } from '../../src/ui/services/indexedResolver.ts';
import type { InspectedReference } from '../../src/ui/editor/types.ts';
import { median } from './statistics.ts';

/** One large file; milliseconds, medians but for the first. */
export interface EditorFileResult {
  readonly path: string;
  readonly lines: number;
  readonly references: number;
  /** Nothing of it is known yet. */
  readonly firstMs: number;
  /** Once more, with every reference resolved anew: as when what is known of the rules has changed. */
  readonly againMs: number;
  /** One character was typed somewhere. */
  readonly keystrokeMs: number;
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
const runs = 40;
const subscription = '00000000-0000-0000-0000-000000000001';

/** What a document's inspection takes: finding the references and resolving each against all rules. */
export function measureEditor(): EditorResult {
  const state = stateWithRules();
  const resolver = createResolver(state, createListings());
  const started = performance.now();
  resolver.resolve({ host: 'upstream0.example', repository: 'team-1/app', tag: '1' });
  const indexMs = performance.now() - started;
  return {
    rules: 2 * rulesPerRegistry,
    indexMs,
    resolveUs: measureResolve(resolver),
    files: [
      dockerfile(),
      compose(),
      kubernetes(),
      workflow(),
      gitlab(),
      bicep(),
      terraform(),
      armTemplate(),
      script(),
      markdown(),
    ].map((file) => measureFile(file, resolver)),
  };
}

function measureFile(file: TextFile, resolver: Resolver): EditorFileResult {
  // The code is warm from smaller files of its kind; nothing of this one is known.
  for (let run = 0; run < 20; run++) {
    const text = changed(file.text.slice(0, 20_000), run, 'w');
    read({ ...file, text }, resolver);
  }
  const [found, firstMs] = timed(() => read(file, resolver));
  if (found.length !== references) throw new Error(`${found.length} references in ${file.path}, not ${references}.`);
  const served = found.filter(({ resolution: { verdict } }) => verdict === 'bypassed' || verdict === 'served').length;
  if (served < references / 2) throw new Error(`Only ${served} references of ${file.path} meet a rule.`);
  const again = Array.from({ length: runs }, () => timed(() => read(file, resolver))[1]);
  read(file, resolver);
  let { text } = file;
  const keystrokes = Array.from({ length: runs }, (_, run) => {
    text = changed(text, run, 'x');
    return timed(() => read({ ...file, text }, resolver))[1];
  });
  return {
    path: file.path,
    lines: file.text.split('\n').length - 1,
    references: found.length,
    firstMs,
    againMs: median(again),
    keystrokeMs: median(keystrokes),
  };
}

/** As `ui/editor/inspections.lazy.ts` does it. */
function read(file: TextFile, resolver: Resolver): InspectedReference[] {
  const found = findReferences(file);
  findRuleDefinitions(file);
  return found
    .filter((one) => isReference(one, resolver))
    .map((one) => ({ found: one, resolution: resolver.resolve(one.image) }));
}

/** A character more behind one of the remarks, another one each time. */
function changed(text: string, run: number, character: string): string {
  const remark = 'of team ';
  const from = Math.floor((text.length * ((run * 7) % 40)) / 40);
  const next = text.indexOf(remark, from);
  const at = (next < 0 ? text.indexOf(remark) : next) + remark.length;
  return `${text.slice(0, at)}${character}${text.slice(at)}`;
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
