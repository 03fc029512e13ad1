import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findReferences } from '../findings.ts';
import { withoutActions } from '../../../../src/files/kubernetes/helmActions.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const inValues = (text: string) => findSound({ path: 'values.yaml', text });

const inTemplate = (text: string) => findSound({ path: 'templates/web.tpl', text });

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const values = `# Default values for shop.
replicaCount: 1

image:
  repository: upstream.example/shop/web
  pullPolicy: IfNotPresent
  # Overrides the image tag whose default is the chart appVersion.
  tag: ""

initImage: { registry: upstream.example, repository: shop/init, tag: 1.2.3 } # triple
metrics:
  enabled: true
  image:
    registry: "upstream.example"
    repository: 'metrics/exporter'
    tag: "0.15.1"
    digest: ${digest}
    pullSecrets: []
proxy:
  image: "upstream.example/library/envoy:v1.30"
  logoImage: logo.png
  sidecarImage: upstream.example/shop/sidecar:2
controller:
  image:
    registry: upstream.example
    image: ingress/controller
    tag: "v1.11.2"
elasticsearch:
  image: upstream.example/elastic/elasticsearch
  imageTag: 8.5.1
grafana:
  image: { repository: grafana/grafana, tag: 11.2.0, sha: "${'0123456789abcdef'.repeat(4)}" }
git:
  repository: https://git.example/shop/settings.git
  tag: v1
sources:
  repository: shop/settings
  branch: main
  tag: v1
chart:
  repository: shop/charts
serviceAccount:
  image: true
`;

describe('findInHelmValues', () => {
  it('finds images in parts and in one', () => {
    expect(summary(inValues(values))).toEqual([
      'upstream.example/shop/web = upstream.example/shop/web open',
      'shop/init = upstream.example/shop/init:1.2.3',
      `metrics/exporter = upstream.example/metrics/exporter:0.15.1@${digest}`,
      'upstream.example/library/envoy:v1.30 = upstream.example/library/envoy:v1.30',
      'logo.png = logo.png, uncertain',
      'upstream.example/shop/sidecar:2 = upstream.example/shop/sidecar:2, uncertain',
      'ingress/controller = upstream.example/ingress/controller:v1.11.2',
      'upstream.example/elastic/elasticsearch = upstream.example/elastic/elasticsearch:8.5.1',
      `grafana/grafana = grafana/grafana:11.2.0@${digest}`,
    ]);
  });

  it('renames registry and repository where they are written', () => {
    const renamed = renamedIn(values, inValues(values));
    expect(renamed).toContain('  repository: downstream.example/cached/shop/web\n  pullPolicy');
    expect(renamed).toContain(
      'initImage: { registry: downstream.example, repository: cached/shop/init, tag: 1.2.3 } # triple',
    );
    expect(renamed).toContain(
      '    registry: "downstream.example"\n    repository: \'cached/metrics/exporter\'\n    tag: "0.15.1"',
    );
    expect(renamed).toContain('  image: downstream.example/cached/elastic/elasticsearch\n  imageTag: 8.5.1');
    expect(renamed).toContain('repository: downstream.example/cached/grafana/grafana, tag: 11.2.0');
    expect(renamed).toContain('repository: https://git.example/shop/settings.git');
  });

  it('does not rename what several images share', () => {
    const shared = `registry: &registry upstream.example
a:
  image: { registry: *registry, repository: shop/a, tag: "1" }
b:
  image: { registry: *registry, repository: shop/b, tag: "1" }
`;
    const found = inValues(shared);
    expect(summary(found)).toEqual(['shop/a = upstream.example/shop/a:1', 'shop/b = upstream.example/shop/b:1']);
    expect(found.map(({ name }) => name.kind)).toEqual(['fixed', 'fixed']);
  });

  it('renames nothing that a merge takes to another mapping', () => {
    const text = `web:
  image: &im
    registry: upstream.example
    repository: team/app
    tag: "1"
worker:
  image:
    <<: *im
    repository: team/worker
other:
  image: { <<: [*im], registry: upstream.example, repository: team/other }
last: { image: { registry: upstream.example, repository: team/last, tag: "1" } }
`;
    const found = inValues(text);
    expect(summary(found)).toEqual([
      'team/app = upstream.example/team/app:1',
      'team/other = upstream.example/team/other open',
      'team/last = upstream.example/team/last:1',
    ]);
    expect(found.map(({ name }) => name)).toEqual([
      { kind: 'fixed', because: 'sharedVariable' },
      expect.objectContaining({ kind: 'split' }),
      expect.objectContaining({ kind: 'split' }),
    ]);
  });

  it.each(['chart/values-dev.yaml', 'dev-values.yml', 'values.dev.yaml', 'env/values/dev.yaml'])(
    'is not certain of a host that %s leaves to other values',
    (path) => {
      const text = `image: { repository: team/app-dev, tag: "1" }
a: { image: { repository: upstream.example/team/app, tag: "1" } }
b: { image: { registry: "", repository: team/app, tag: "1" } }
c: { image: "team/app:1" }
`;
      const lines = (of: string) => summary(findReferences({ path: of, text })).map((line) => line.slice(-9));
      expect(lines(path)).toEqual(['uncertain', 'eam/app:1', 'eam/app:1', 'eam/app:1']);
      expect(lines('chart/values.yaml')).toEqual(['app-dev:1', 'eam/app:1', 'eam/app:1', 'eam/app:1']);
    },
  );

  it.each([
    ['source code', 'git: { repository: upstream.example/x/y, tag: v1 }\nsource: { repository: a/b, tag: v1 }\n'],
    ['charts', 'chart: { repository: upstream.example/x/y, tag: v1 }\ncharts: [{ repository: a/b, tag: v1 }]\n'],
  ])('takes no %s for an image', (_, text) => {
    expect(summary(inValues(text))).toEqual([]);
  });

  it.each(['assets/logo.png', 'assets/logo.SVG', 'site.example/a/b.jpg', 'b.jpeg'])(
    'is not sure of the picture %s',
    (image) => {
      expect(summary(inValues(`image: ${image}\n`))).toEqual(
        [`${image} = ${image}, uncertain`].filter(() => image !== 'assets/logo.SVG'),
      );
    },
  );

  it('takes the registry that is global', () => {
    const text = `global:
  imageRegistry: mirror.example
image: { registry: upstream.example, repository: shop/web, tag: "1" }
other: { image: { repository: upstream.example/shop/other, tag: "1" } }
`;
    const found = inValues(text);
    expect(summary(found)).toEqual([
      'shop/web = mirror.example/shop/web:1',
      'upstream.example/shop/other = upstream.example/shop/other:1',
    ]);
    expect(found.map(({ name }) => name.kind)).toEqual(['fixed', 'whole']);
  });

  it.each([
    [
      'a repository with its tag',
      'image:\n  repository: upstream.example/shop/web:1\n',
      ['upstream.example/shop/web:1 = upstream.example/shop/web:1'],
    ],
    [
      'an empty registry',
      'image: { registry: "", repository: upstream.example/shop/web, tag: a }',
      ['upstream.example/shop/web = upstream.example/shop/web:a'],
    ],
    [
      'a registry with a folder',
      'image: { registry: upstream.example/shop, repository: web, tag: a }',
      ['web = upstream.example/shop/web:a'],
    ],
    [
      'a template in the tag',
      'image: { repository: shop/web, tag: "{{ .Values.version }}" }',
      ['shop/web = shop/web open'],
    ],
    [
      'a template for a name',
      'image: { repository: "{{ .Values.name }}", tag: "1" }\nx: { image: "{{ .Values.name }}:1" }',
      [],
    ],
    [
      'no values, but a chart',
      'dependencies:\n- name: a\n  repository: oci://upstream.example/charts\n  version: 1.0.0\n- repository: "@stable"\n',
      [],
    ],
    ['nothing', 'image: {}\nimages:\n  repository:\n  tag: a\n', []],
  ])('reads %s', (_, text, found) => {
    expect(summary(inValues(text))).toEqual(found);
  });

  it('keeps a tag that stands behind the repository', () => {
    const text = 'image:\n  registry: upstream.example\n  repository: shop/web:1\n';
    expect(renamedIn(text, inValues(text))).toBe(
      'image:\n  registry: downstream.example\n  repository: cached/shop/web:1\n',
    );
  });
});

const template = `{{- if .Values.enabled -}}
{{- /* The "web" {{ of the shop */ -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}
  labels:
    {{- include "shop.labels" . | nindent 4 }}
    image: {{ .Chart.Name }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }} # replicas
  template:
    spec:
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      initContainers:
        - name: wait
          image: upstream.example/library/busybox:1.36 # literal
          command: ['sh', '-c', "until nslookup {{ .Values.host | quote }}; do sleep 1; done"]
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- if .Values.legacy }}
        - name: legacy
          image: "upstream.example/shop/legacy:{{ .Values.legacy.tag | default "a b" }}"
          {{- else }}
        - name: modern
          image: upstream.example/shop/modern:v{{ .Chart.AppVersion }}
          {{- end }}
        - image: {{ .Values.registry }}/shop/other:1
        - image: upstream.example/shop/half{{ .Values.suffix }}
        - image: upstream.example/shop/{{ .Values.name }}:1
        - image: {{ printf "%s:%s" .Values.a
                    .Values.b }}
        - image: 'upstream.example/shop/last:1'
{{- end }}
---
apiVersion: v1
kind: ConfigMap
data:
  image: upstream.example/text/only:1
`;

describe('findInHelmTemplate', () => {
  it('finds images whose name is written in the template', () => {
    expect(summary(inTemplate(template))).toEqual([
      'upstream.example/library/busybox:1.36 = upstream.example/library/busybox:1.36',
      'upstream.example/shop/legacy:{{ .Values.legacy.tag | default "a b" }} = upstream.example/shop/legacy open',
      'upstream.example/shop/modern:v{{ .Chart.AppVersion }} = upstream.example/shop/modern open',
      'upstream.example/shop/last:1 = upstream.example/shop/last:1',
    ]);
  });

  it('finds the same with Windows line ends', () => {
    expect(summary(inTemplate(template.replaceAll('\n', '\r\n')))).toEqual(summary(inTemplate(template)));
  });

  it('renames and leaves the actions', () => {
    const renamed = renamedIn(template, inTemplate(template));
    expect(renamed).toContain(
      'image: "downstream.example/cached/shop/legacy:{{ .Values.legacy.tag | default "a b" }}"',
    );
    expect(renamed).toContain('image: downstream.example/cached/shop/modern:v{{ .Chart.AppVersion }}\n');
    expect(renamed).toContain('image: "{{ .Values.image.repository }}:{{ .Values');
  });

  it('bears an action that is being written', () => {
    const text = 'a:\n  - image: upstream.example/shop/a:{{ .Val\n  - image: upstream.example/shop/b:1\n';
    expect(summary(inTemplate(text))).toEqual([
      'upstream.example/shop/a:{{ .Val = upstream.example/shop/a open',
      'upstream.example/shop/b:1 = upstream.example/shop/b:1',
    ]);
  });
});

describe('withoutActions', () => {
  it('keeps every offset and line, and leaves no action', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{{ a }}', '{{- "}}" -}}', '{{/* x\n */}}', 'b: c', '\n', ' # d'), { maxLength: 30 }),
        (parts) => {
          const text = parts.join('');
          const without = withoutActions(text);
          expect(without).toHaveLength(text.length);
          expect(without).not.toMatch(/\{\{|\}\}/);
        },
      ),
    );
  });

  it.each(['{{', '{{/*', '{{`', '{{ "', '{{}}', '{{ a', '{{/* */', "{{ '"])('ends for a megabyte of %s', (text) => {
    for (const end of ['', '\n']) {
      const long = `${text}${end}`.repeat(1_000_000 / text.length) + '*/ {{`"';
      expect(withoutActions(long)).toHaveLength(long.length);
    }
  });
});
