import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composePieces } from '../../../../src/files/compose/composeInterpolation.ts';
import type { FoundReference } from '../../../../src/files/types.ts';
import { hostileText } from '../../domain/arbitraries.ts';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  findSound({ path: 'compose.yaml', text, environment: new Map(Object.entries(environment)) });

/** The one reference of a service's image. */
function image(written: string, environment?: Readonly<Record<string, string>>): FoundReference | undefined {
  return find(`services:\n  web:\n    image: ${written}\n`, environment)[0];
}

const shop = `# The shop, as it runs on a developer's machine
name: shop
x-logging: &logging
  driver: json-file
x-worker: &worker
  image: upstream.example/shop/worker:\${VERSION:-1.4.2} # same for all queues
  restart: unless-stopped
  logging: *logging
x-postgres-image: &postgres upstream.example/library/postgres:16.3

include:
  - path: ../shared/image.yaml

services:
  web:
    image: "\${REGISTRY:-upstream.example}/shop/web:\${VERSION:-1.4.2}"
    build:
      context: ./web
      args:
        BASE_IMAGE: upstream.example/library/node:22
      additional_contexts:
        assets: docker-image://upstream.example/shop/assets:3
        sources: ../sources
    ports: ['8080:80']
    depends_on: [database]
  mails:
    <<: *worker
    command: [work, mails]
  orders:
    <<: *worker
  database:
    image: *postgres
    volumes:
      - data:/var/lib/postgresql/data
      - type: image
        source: upstream.example/shop/seeds:2026.1
        target: /seeds
      - type: bind
        source: ./image
        target: /x
  backup:
    image: *postgres
  cache: { image: 'redis:7-alpine', profiles: ["full"] }
  tools:
    extends:
      file: ../shared/compose.yaml
      service: tools
volumes:
  data: {}
`;

describe('compose files', () => {
  it('finds all images of a project, each where it is written', () => {
    expect(summary(find(shop))).toEqual([
      'upstream.example/shop/worker:${VERSION:-1.4.2} = upstream.example/shop/worker:1.4.2',
      'upstream.example/library/postgres:16.3 = upstream.example/library/postgres:16.3, 2 uses',
      'upstream.example/shop/assets:3 = upstream.example/shop/assets:3',
      'upstream.example/shop/seeds:2026.1 = upstream.example/shop/seeds:2026.1',
      'redis:7-alpine = redis:7-alpine',
    ]);
    const [, postgres, assets] = find(shop);
    expect(postgres?.uses.map(({ start, end }) => shop.slice(start, end))).toEqual(['*postgres', '*postgres']);
    expect(assets?.usage).toBe('base');
  });

  it('leaves everything but the names when they change', () => {
    expect(renamedIn(shop, find(shop))).toBe(
      shop
        .replace('upstream.example/shop/worker', 'downstream.example/cached/shop/worker')
        .replace('&postgres upstream.example/library/postgres', '&postgres downstream.example/cached/library/postgres')
        .replace('upstream.example/shop/assets', 'downstream.example/cached/shop/assets')
        .replace('upstream.example/shop/seeds', 'downstream.example/cached/shop/seeds')
        .replace("'redis:7", "'downstream.example/cached/redis:7"),
    );
  });

  it.each([
    ['a service', 'services:\n  web: { build: ., image: up.example/team/web:dev }\n'],
    ['a service with more', 'services:\n  web:\n    image: up.example/team/web:dev\n    build: { context: . }\n'],
    [
      'a template',
      'x-web: &web { build: { context: . }, image: up.example/team/web:dev }\nservices:\n  a: { <<: *web }\n',
    ],
    [
      'a template in a mapping of them',
      'x-all:\n  web: &web { image: up.example/team/web:dev, build: . }\nservices:\n  a: *web\n',
    ],
    [
      'a service whose image others run by its anchor',
      'services:\n  web: { build: ., image: &i up.example/team/web:dev }\n  jobs: { image: *i }\n',
    ],
    [
      'a service whose image others run by its name',
      'services:\n  jobs: { image: up.example/team/web:dev }\n  web: { build: ., image: up.example/team/web:dev }\n',
    ],
    [
      'a service whose image a template has',
      'x-web: { image: &i up.example/team/web:dev }\nservices:\n  web: { build: ., image: *i }\n',
    ],
    [
      'a service that takes its image from a template',
      'x-web: &web { image: up.example/team/web:dev }\nservices:\n  web: { <<: *web, build: . }\n  jobs: { <<: *web }\n',
    ],
    [
      'a service that takes its build from a template',
      'x-web: &web { build: . }\nx-more: &more { <<: *web }\nservices:\n  web: { <<: [*more], image: up.example/team/web:dev }\n',
    ],
    [
      'a service that has more names for it',
      'services:\n  web: { build: { context: ., tags: [up.example/team/web:dev] } }\n  jobs: { image: up.example/team/web:dev }\n',
    ],
    [
      'a service that another extends',
      'services:\n  base: { image: up.example/team/web:dev }\n  web: { extends: { service: base }, build: . }\n',
    ],
    [
      'a service that extends one that is built',
      'services:\n  base: { build: . }\n  web: { extends: base, image: up.example/team/web:dev }\n',
    ],
  ])('leaves out what %s is built as', (_what, text) => {
    expect(find(`${text}  cache: { image: up.example/redis:7 }\n`).map(({ written }) => written)).toEqual([
      'up.example/redis:7',
    ]);
  });

  it.each(['build: null', 'build:', 'environment: { build: 1 }'])('finds what is pulled in spite of %s', (key) => {
    const text = `services:\n  web:\n    image: up.example/web:1\n    ${key}\n  api: { build: ., image: up.example/api:1 }\n`;
    expect(find(text).map(({ written }) => written)).toEqual(['up.example/web:1']);
  });

  it('finds what a template has that is only built with another image', () => {
    const text = `x-web: &web { image: up.example/web:1 }
services:
  web: { <<: *web }
  api: { <<: *web, build: ., image: up.example/api:1 }
  other: { extends: { file: other.yaml, service: api }, image: up.example/other:1 }
`;
    expect(find(text).map(({ written }) => written)).toEqual(['up.example/web:1', 'up.example/other:1']);
  });

  it('finds what others pull that share a template with what is built', () => {
    const text = `x-common: &common { restart: always }
x-named: &named { image: up.example/no:1 }
services:
  app: { <<: *common, build: . }
  redis: { <<: *common, image: up.example/redis:7 }
  api: { <<: *named, build: . }
  db: { <<: *named, image: up.example/db:1 }
  base: { restart: always }
  web: { extends: base, build: . }
  queue: { extends: base, image: up.example/queue:1 }
`;
    expect(find(text).map(({ written }) => written)).toEqual(
      ['redis:7', 'db:1', 'queue:1'].map((x) => `up.example/${x}`),
    );
  });

  it('reads build contexts in a list', () => {
    const text = `services:\n  web:\n    build:\n      additional_contexts:\n        - base=docker-image://upstream.example/base:1\n        - src=../src\n`;
    expect(summary(find(text))).toEqual(['upstream.example/base:1 = upstream.example/base:1']);
  });

  it.each([
    ['a Windows file', shop.replaceAll('\n', '\r\n')],
    ['several documents', `${shop}---\n${shop}`],
  ])('reads %s', (_what, text) => {
    expect(find(text).length).toBeGreaterThanOrEqual(5);
  });

  it('leaves alone what names no image', () => {
    expect(
      find(`
configs: { image: { content: nginx } }
services:
  web:
    environment: { image: nginx, IMAGE: nginx }
    labels:
      image: nginx
    build: { args: { image: nginx }, dockerfile_inline: FROM nginx }
    image:
      name: nginx
  image: nginx
image: nginx
`),
    ).toEqual([]);
  });

  it.each([
    ['nginx', 'nginx'],
    ['${IMAGE:-nginx:1.25}', 'nginx:1.25'],
    ['${IMAGE-nginx}', 'nginx'],
    ['nginx:${TAG:-1}-alpine', 'nginx:1-alpine'],
    ['${A:-${B:-upstream.example}}/app:2', 'upstream.example/app:2'],
    ['${A:-${B:-${C-upstream.example/app}}:1}', 'upstream.example/app:1'],
    ['nginx${TAG:+:$TAG}', 'nginx'],
    ['nginx:$TAG', 'nginx open'],
    ['nginx:${TAG}', 'nginx open'],
    ['nginx:${TAG:?set TAG}', 'nginx open'],
    ['nginx:${TAG:-$OTHER}', 'nginx open'],
    ['"nginx:${TAG:-${OTHER:?needs} }"', 'nginx open'],
    ['$IMAGE', undefined],
    ['${REGISTRY}/app:1', undefined],
    ['${REGISTRY:?set it}/app:1', undefined],
    ['upstream.example/$APP:1', undefined],
    ['nginx$$x', undefined],
    ['nginx:${TAG', undefined],
    ['nginx:$', undefined],
    ['nginx:${:-x}', undefined],
    ['nginx:${1}', undefined],
    ['nginx:${A!b}', undefined],
    ['Not An Image', undefined],
    ["''", undefined],
    ['~', undefined],
    ['null', undefined],
    ['false', undefined],
    ['42', undefined],
  ])('reads %s', (written, expected) => {
    const found = image(written);
    expect(found && summary([found])[0]?.split(' = ')[1]).toBe(expected);
  });

  it.each([
    ['${IMAGE:-nginx}', { IMAGE: 'upstream.example/app:2' }, 'upstream.example/app:2'],
    ['${IMAGE:-nginx}', { IMAGE: '' }, 'nginx'],
    ['${IMAGE-nginx}', { IMAGE: '' }, undefined],
    ['nginx${TAG:+:$TAG}', { TAG: '1.2' }, 'nginx:1.2'],
    ['nginx${TAG:+:1}', { TAG: '' }, 'nginx'],
    ['nginx:${TAG:?set it}', { TAG: '3' }, 'nginx:3'],
    ['$HOST/app:${TAG}', { HOST: 'upstream.example', TAG: '3' }, 'upstream.example/app:3'],
    ['${A:-${B:-c}}', { B: 'upstream.example/b' }, 'upstream.example/b'],
    ['nginx:$TAG', { TAG: 'no tag' }, undefined],
    ['nginx:$__proto__', { TAG: '1' }, 'nginx open'],
  ])('reads %s with .env %j', (written, environment, expected) => {
    const found = image(written, environment);
    expect(found && summary([found])[0]?.split(' = ')[1]).toBe(expected);
  });

  it.each([
    ['${IMAGE:-upstream.example/app:1}', {}, '${IMAGE:-downstream.example/cached/app:1}'],
    ["'upstream.example/app:1'", {}, "'downstream.example/cached/app:1'"],
    ['${A:-${B:-upstream.example}}/app', {}, '${A:-${B:-upstream.example}}/app'],
    ['upstream.example/app:${TAG:-latest} # pinned', {}, 'downstream.example/cached/app:${TAG:-latest} # pinned'],
    ['upstream.example/app:$TAG', { TAG: '1' }, 'downstream.example/cached/app:$TAG'],
    ['"upstream.example\\/app"', {}, '"downstream.example/cached/app"'],
  ])('replaces the name in %s as far as no variable may give another one', (written, environment, expected) => {
    const text = `services:\n  web:\n    image: ${written}\n`;
    expect(renamedIn(text, find(text, environment))).toBe(text.replace(written, expected));
  });

  it.each([
    ['${REGISTRY:-upstream.example}/app:1', { REGISTRY: 'other.example' }, 'environmentFile'],
    ['${REGISTRY:-${HUB}}/app:1', { HUB: 'other.example' }, 'environmentFile'],
    ['${PREFIX:-upstream.example/team}/app:1', {}, 'sharedVariable'],
    ['${PREFIX:-}app:1', {}, 'sharedVariable'],
    ['"upstream.example\\/app:1"', {}, 'escaped'],
    ['"upstream.example\\/app:${TAG:-1}"', {}, 'escaped'],
  ])('tells why the name in %s stays', (written, environment, because) => {
    expect(image(written, environment)?.name).toEqual({ kind: 'fixed', because });
  });
});

describe('composePieces', () => {
  it('cuts any text without gaps, or not at all', () => {
    const part = hostileText(['${A:-', '${B+', '${C:?', '}', '$D', '$$', 'upstream.example', '/', ':', ' ']);
    fc.assert(
      fc.property(part, fc.nat(5), (text, start) => {
        const range = { start: Math.min(start, text.length), end: text.length };
        const pieces = composePieces(text, range, new Map([['D', 'd']]));
        if (pieces === undefined) return;
        expect(pieces[0]?.range.start ?? range.end).toBe(range.start);
        expect(pieces.at(-1)?.range.end ?? range.end).toBe(range.end);
        for (const [index, piece] of pieces.entries()) {
          if (index > 0) expect(piece.range.start).toBe(pieces[index - 1]?.range.end);
          const written = text.slice(piece.range.start, piece.range.end);
          if (piece.literal) expect(piece.value).toBe(written);
          if (piece.valueRange) {
            expect(text.slice(piece.valueRange.start, piece.valueRange.end)).toBe(piece.value);
            expect(written).toContain(piece.value);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('gives up on what is nested or long beyond reason', () => {
    for (const text of ['${A:-'.repeat(100_000), `${'${A:-'.repeat(400)}x${'}'.repeat(400)}`, '$A'.repeat(1_000_000)]) {
      expect(composePieces(text, { start: 0, end: text.length })).toBeUndefined();
    }
  });
});
