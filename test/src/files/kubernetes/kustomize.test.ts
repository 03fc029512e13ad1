import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSound, renamedIn, summary } from '../found.ts';
import { nameChanges } from '../../../../src/files/rename.ts';
import { applyChanges } from '../../../../src/files/text/positions.ts';

const find = (text: string) => findSound({ path: 'kustomization.yaml', text });

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const overlay = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: production
resources:
- ../../base
images:
- name: upstream.example/shop/web
  newTag: 1.4.2 # by the pipeline
- name: postgres # short
  newName: "upstream.example/library/postgres"
  newTag: "16.3"
- newTag: v1
  name: upstream.example/shop/worker
- name: upstream.example/shop/mails
  digest: ${digest}
- name: upstream.example/shop/orders
- { name: upstream.example/shop/search, newTag: '9' }
- name: 'upstream.example/shop/suffixed'
  tagSuffix: -arm
patches:
- patch: |-
    image: upstream.example/not/here:1
`;

describe('findInKustomize', () => {
  it.each([
    ['below', '- name: busybox\n  newName:\n  newTag: v1\n'],
    ['above', '- newName: # later\n  name: busybox\n  newTag: v1\n'],
    ['at the end', '- name: busybox\n  newTag: v1\n\n  "newName":'],
    ['in braces', '- { name: busybox, newName: , newTag: v1 }\n'],
    ['as null', '- name: busybox\n  newName: null\n  newTag: v1\n'],
    ['as a tilde', '- name: busybox\n  newName: ~\n  newTag: v1\n'],
  ])('adds no second newName to one without a value %s', (_, entry) => {
    const text = `kind: Kustomization\nimages:\n${entry}`;
    const found = find(text);
    expect(summary(found)).toEqual(['busybox = busybox:v1']);
    expect(renamedIn(text, found)).toBe(text);
  });

  it('adds a newName where only its neighbours have one, or a comment', () => {
    const entries = '- name: a\n  newName:\n- name: b # newName: c\n  newTag: v1\n- newName:\n  name: d\n';
    const text = `images:\n${entries}`;
    expect(renamedIn(text, find(text))).toContain('- name: b # newName: c\n  newName: downstream.example/cached/b\n');
    expect(renamedIn(text, find(text)).match(/newName: down/g)).toHaveLength(1);
  });

  it('comes to an end where no dash is above a name', () => {
    const text = '\n{ images: [{\nname: a }]}\n';
    expect(() => find(text)).not.toThrow();
    const many = `\n{ images: [${'{\nname: a\n},'.repeat(20_000)}]}\n`;
    expect(find(many)).toHaveLength(20_000);
  });

  it('tells which name is looked for in manifests', () => {
    expect(find(overlay).map(({ replaces }) => replaces)).toEqual([
      'upstream.example/shop/web',
      'postgres',
      'upstream.example/shop/worker',
      'upstream.example/shop/mails',
      'upstream.example/shop/orders',
      'upstream.example/shop/search',
      'upstream.example/shop/suffixed',
    ]);
  });

  it('finds what images are replaced by', () => {
    expect(summary(find(overlay))).toEqual([
      'upstream.example/shop/web = upstream.example/shop/web:1.4.2',
      'upstream.example/library/postgres = upstream.example/library/postgres:16.3',
      'upstream.example/shop/worker = upstream.example/shop/worker:v1',
      `upstream.example/shop/mails = upstream.example/shop/mails@${digest}`,
      'upstream.example/shop/orders = upstream.example/shop/orders open',
      'upstream.example/shop/search = upstream.example/shop/search:9',
      'upstream.example/shop/suffixed = upstream.example/shop/suffixed open',
    ]);
  });

  it.each(['\n', '\r\n'])('leaves the name that is looked for and adds a new one, with %j', (end) => {
    const text = overlay.replaceAll('\n', end);
    const renamed = renamedIn(text, find(text));
    const expected = `images:
- name: upstream.example/shop/web
  newName: downstream.example/cached/shop/web
  newTag: 1.4.2 # by the pipeline
- name: postgres # short
  newName: "downstream.example/cached/library/postgres"
  newTag: "16.3"
- newTag: v1
  name: upstream.example/shop/worker
  newName: downstream.example/cached/shop/worker
- name: upstream.example/shop/mails
  newName: downstream.example/cached/shop/mails
  digest: ${digest}
- name: upstream.example/shop/orders
  newName: downstream.example/cached/shop/orders
- { name: upstream.example/shop/search, newName: downstream.example/cached/shop/search, newTag: '9' }
- name: 'upstream.example/shop/suffixed'
  newName: downstream.example/cached/shop/suffixed
  tagSuffix: -arm
patches:`;
    expect(renamed).toContain(expected.replaceAll('\n', end));
  });

  it('reads a Component, and a file that says neither version nor kind, to the end of the text', () => {
    const component = `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  -   name: app`;
    expect(renamedIn(component, find(component))).toBe(`${component}\n      newName: downstream.example/cached/app`);
    expect(summary(find('images: [{ name: app, newTag: "2" }]'))).toEqual(['app = app:2']);
  });

  it.each([
    ['a name with a tag, which matches nothing', 'images:\n- name: app:1\n', []],
    ['a name that is none', 'images:\n- name: "*"\n- newTag: 1\n- name:\n', []],
    ['images elsewhere', 'x:\n  images:\n  - name: app\n', []],
  ])('leaves out %s', (_, text, found) => {
    expect(summary(find(text))).toEqual(found);
  });

  it.each([
    ['an empty new name', 'images:\n- name: app\n  newName: ""\n'],
    ['a name in braces over several lines', 'images:\n- {\n  name: app,\n  newTag: a }\n'],
    ['a name on a line of its own', 'images:\n- name:\n    app\n  newTag: a\n'],
    ['a name in braces that end behind it', 'images:\n- { newTag: a,\n    name: app }\n'],
    ['a name in braces that end below it', 'images:\n- {\n    name: app\n  }\n'],
    ['a name in braces with a comma below it', 'images:\n- { # why\n    name: app\n    , newTag: a }\n'],
    ['a name in brackets, which has no braces', 'images: [\n  name: app'],
  ])('does not rename beside %s', (_, text) => {
    expect(find(text).map(({ name }) => name.kind)).toEqual(['fixed']);
  });

  it('says after renaming what it was renamed to', () => {
    fc.assert(
      fc.property(kustomization, (text) => {
        const found = find(text);
        for (const reference of found) {
          const changes = nameChanges(reference, { host: 'downstream.example', repository: 'cached/app' });
          if (!changes) continue;
          const after = find(applyChanges(text, changes));
          expect(after.map(({ image }) => image)).toContainEqual({
            ...reference.image,
            host: 'downstream.example',
            repository: 'cached/app',
          });
          expect(after).toHaveLength(found.length);
        }
      }),
    );
  });
});

const kustomization = fc
  .record({
    end: fc.constantFrom('\n', '\r\n'),
    dash: fc.constantFrom('- ', '-   ', '  - '),
    quote: fc.constantFrom('', '"', "'"),
    isInBraces: fc.boolean(),
    images: fc.array(
      fc.record(
        {
          name: fc.constantFrom('upstream.example/a', 'b', 'c/d'),
          newName: fc.constantFrom('upstream.example/e', 'f'),
          newTag: fc.constantFrom('1', 'v2'),
          comment: fc.constant(' # why'),
        },
        { requiredKeys: ['name'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ end, dash, quote, isInBraces, images }) => {
    const lines = images.flatMap(({ comment = '', ...image }) => {
      const entries = Object.entries(image).map(([key, value]) => `${key}: ${quote}${value}${quote}`);
      if (isInBraces) return [`${dash}{ ${entries.join(', ')} }${comment}`];
      return entries.map((entry, index) => (index === 0 ? dash : ' '.repeat(dash.length)) + entry + comment);
    });
    return ['images:', ...lines].join(end);
  });
