import { describe, expect, it } from 'vitest';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string) => findSound({ path: 'web.yaml', languageId: 'kubernetes', text });

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const shop = `# What runs the shop
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    image: web
  annotations:
    example.org/image: upstream.example/not/one:1
spec:
  replicas: 2
  selector:
    matchLabels: { app: web, image: web }
  template:
    metadata:
      labels: { app: web, image: web }
    spec:
      initContainers:
      - name: migrate
        image: "upstream.example/shop/migrate:3.1" # before the web
        command: ["migrate", "--image=none"]
      containers:
      - name: web
        image: 'upstream.example/shop/web@${digest}'
        imagePullPolicy: IfNotPresent
        env:
        - name: IMAGE
          value: upstream.example/not/used:1
      - { name: proxy, image: upstream.example/library/envoy:v1.30, args: [--x] }
      - name: log
        image: >-
          upstream.example/shop/log:2
      volumes:
      - name: seeds
        image:
          reference: upstream.example/shop/seeds:2026
          pullPolicy: Always
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: clean}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: clean
              image: busybox
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  image: upstream.example/text/only:1
  web.yaml: |
    image: upstream.example/text/only:2
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: { name: debug }
  spec:
    containers: [{ name: a, image: alpine:3.20 }]
    ephemeralContainers:
    - name: b
      image: upstream.example/tools/debug
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: more }
  data: { image: upstream.example/text/only:3 }
...
---
image: upstream.example/no/manifest:1
`;

describe('findInKubernetes', () => {
  it.each([
    [
      'Skaffold',
      'apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n  - image: upstream.example/team/app\n',
    ],
    [
      'a BuildConfig',
      'apiVersion: build.openshift.io/v1\nkind: BuildConfig\nspec:\n  output:\n    to: { kind: DockerImage, name: "upstream.example/team/app:1" }\n',
    ],
    [
      'kpack',
      'apiVersion: kpack.io/v1alpha2\nkind: Image\nspec:\n  tag: upstream.example/team/app\n  build: { image: upstream.example/team/app:1 }\n',
    ],
  ])('leaves alone what %s builds and pushes', (_, text) => {
    expect(summary(find(text))).toEqual([]);
  });

  it('still finds what a BuildConfig builds from', () => {
    const text = `apiVersion: build.openshift.io/v1
kind: BuildConfig
spec:
  strategy:
    dockerStrategy:
      from: { kind: DockerImage, name: "upstream.example/team/base:1" }
  output:
    to: { kind: DockerImage, name: "upstream.example/team/app:1" }
`;
    expect(summary(find(text))).toEqual(['upstream.example/team/base:1 = upstream.example/team/base:1']);
  });

  it('finds the images of all workloads, and nothing else', () => {
    expect(summary(find(shop))).toEqual([
      'upstream.example/shop/migrate:3.1 = upstream.example/shop/migrate:3.1',
      `upstream.example/shop/web@${digest} = upstream.example/shop/web@${digest}`,
      'upstream.example/library/envoy:v1.30 = upstream.example/library/envoy:v1.30',
      'upstream.example/shop/log:2 = upstream.example/shop/log:2',
      'upstream.example/shop/seeds:2026 = upstream.example/shop/seeds:2026',
      'busybox = busybox',
      'alpine:3.20 = alpine:3.20',
      'upstream.example/tools/debug = upstream.example/tools/debug',
    ]);
  });

  it('finds the same with Windows line ends', () => {
    expect(summary(find(shop.replaceAll('\n', '\r\n')))).toEqual(summary(find(shop)));
  });

  it('renames without touching tags, digests, quotes and comments', () => {
    const renamed = renamedIn(shop, find(shop));
    expect(renamed).toContain(
      'image: "downstream.example/cached/shop/migrate:3.1" # before the web\n        command: ["migrate", "--image=none"]',
    );
    expect(renamed).toContain(`image: 'downstream.example/cached/shop/web@${digest}'\n`);
    expect(renamed).toContain('{ name: proxy, image: downstream.example/cached/library/envoy:v1.30, args: [--x] }');
    expect(renamed).toContain('image: downstream.example/cached/busybox\n');
    expect(renamed.replaceAll(/downstream\.example\/cached/g, '')).not.toContain('downstream');
  });

  it.each([
    [
      'custom resources, at any depth',
      `apiVersion: monitoring.example.org/v1
kind: Prometheus
spec:
  image: upstream.example/prometheus/prometheus:v2.54.0
  thanos:
    image: upstream.example/thanos/thanos:v0.36.0
  initImage: upstream.example/shop/init:1
`,
      [
        'upstream.example/prometheus/prometheus:v2.54.0 = upstream.example/prometheus/prometheus:v2.54.0',
        'upstream.example/thanos/thanos:v0.36.0 = upstream.example/thanos/thanos:v0.36.0',
        'upstream.example/shop/init:1 = upstream.example/shop/init:1, uncertain',
      ],
    ],
    [
      'a database of CloudNativePG',
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nspec:\n  imageName: upstream.example/cnpg/postgresql:16.4\n',
      ['upstream.example/cnpg/postgresql:16.4 = upstream.example/cnpg/postgresql:16.4, uncertain'],
    ],
    [
      'values of a Helm release',
      `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  chart: { spec: { chart: podinfo, version: 6.x, sourceRef: { kind: HelmRepository } } }
  values:
    image: { registry: upstream.example, repository: shop/web, tag: 1.0.0 }
`,
      ['shop/web = upstream.example/shop/web:1.0.0'],
    ],
    [
      'a build of OpenShift',
      `apiVersion: build.openshift.io/v1
kind: BuildConfig
spec:
  strategy:
    dockerStrategy:
      from: { kind: DockerImage, name: 'upstream.example/library/node:22' }
  output: { to: { kind: ImageStreamTag, name: 'shop:latest' } }
`,
      ['upstream.example/library/node:22 = upstream.example/library/node:22'],
    ],
    [
      'an image of a virtual machine, which only a host could make one of ours',
      'apiVersion: infrastructure.cluster.x-k8s.io/v1\nkind: HCloudMachine\nspec: { image: ubuntu-24.04 }\n',
      ['ubuntu-24.04 = ubuntu-24.04, uncertain'],
    ],
    [
      'the definition of a custom resource, which describes images',
      `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  versions:
  - schema: { openAPIV3Schema: { properties: { image: { type: string, default: 'upstream.example/a:1' } }, example: { image: b:1 } } }
`,
      [],
    ],
    [
      'placeholders that other tools fill in',
      `apiVersion: v1
kind: Pod
spec:
  containers:
  - image: upstream.example/shop/web:\${TAG}
  - image: upstream.example/shop/web2:#{Build.BuildId}#
  - image: "upstream.example/shop/web3:{{workflow.parameters.tag}}"
  - image: upstream.example/shop/web4:v$(Build.BuildId)
  - image: \${REGISTRY}/shop/web:1
  - image: "{{inputs.parameters.image}}"
`,
      [
        'upstream.example/shop/web:${TAG} = upstream.example/shop/web open',
        'upstream.example/shop/web2:#{Build.BuildId}# = upstream.example/shop/web2 open',
        'upstream.example/shop/web3:{{workflow.parameters.tag}} = upstream.example/shop/web3 open',
        'upstream.example/shop/web4:v$(Build.BuildId) = upstream.example/shop/web4 open',
      ],
    ],
    [
      'an anchor and its alias',
      `apiVersion: v1
kind: Pod
spec:
  containers:
  - image: &web upstream.example/shop/web:1
  - image: *web
`,
      ['upstream.example/shop/web:1 = upstream.example/shop/web:1, 1 uses'],
    ],
    [
      'what is no image',
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image:\n  - image: ~\n  - image: null\n  - image: true\n  - image: ""\n  - image: [a]\n',
      [],
    ],
  ])('reads %s', (_, text, found) => {
    expect(summary(find(text))).toEqual(found);
  });

  it('reads manifests in JSON', () => {
    const text = JSON.stringify(
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            spec: { containers: [{ name: 'a', image: 'upstream.example/shop/web:1' }] },
          },
        ],
      },
      undefined,
      2,
    );
    const found = findSound({ path: 'web.json', text });
    expect(summary(found)).toEqual(['upstream.example/shop/web:1 = upstream.example/shop/web:1']);
  });
});
