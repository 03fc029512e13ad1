import { describe, expect, it } from 'vitest';
import { findReferences, findRuleDefinitions } from './findings.ts';
import { maxFileLength } from '../../../src/files/kinds.ts';
import type { TextFile } from '../../../src/files/types.ts';

const written = (file: TextFile) => findReferences(file).map((reference) => reference.written);

describe('findReferences', () => {
  it.each([
    ['Dockerfile', 'FROM u.example/a:1'],
    ['build/api.Containerfile', 'FROM u.example/a:1'],
    ['compose.yaml', 'services: { web: { image: u.example/a:1 } }'],
    ['deploy/web.yml', 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ image: u.example/a:1 }] }'],
    ['pod.json', '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "u.example/a:1"}]}}'],
    ['.github/workflows/ci.yml', 'jobs: { a: { container: u.example/a:1 } }'],
    ['.devcontainer/devcontainer.json', '{"image": "u.example/a:1"}'],
    ['chart/templates/pod.yaml', 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ image: u.example/a:1 }] }'],
    ['ci/build.sh', 'docker pull u.example/a:1'],
    ['README.md', '```\ndocker pull u.example/a:1\n```'],
  ])('knows %s by its name or content', (path, text) => {
    expect(written({ path, text })).toEqual(['u.example/a:1']);
  });

  it('knows a file by its language, whatever it is called', () => {
    expect(written({ path: 'untitled', languageId: 'dockerfile', text: 'FROM u.example/a:1' })).toEqual([
      'u.example/a:1',
    ]);
    expect(written({ path: 'untitled', languageId: 'plaintext', text: 'FROM u.example/a:1' })).toEqual([]);
  });

  it('gives the order of the text', () => {
    const text =
      'ARG A=u.example/a:1\nFROM u.example/b\nFROM $A\nRUN --mount=from=u.example/c,target=/c true\nFROM u.example/d\n';
    expect(written({ path: 'Dockerfile', text })).toEqual([
      'u.example/a:1',
      'u.example/b',
      'u.example/c',
      'u.example/d',
    ]);
  });

  it('does not look at what is too long', () => {
    const text = 'FROM u.example/a:1\n';
    const long = text + ' '.repeat(maxFileLength - text.length);
    expect(written({ path: 'Dockerfile', text: long })).toEqual(['u.example/a:1']);
    expect(written({ path: 'Dockerfile', text: `${long} ` })).toEqual([]);
    expect(findRuleDefinitions({ path: 'main.bicep', text: `${long} ` }).rules).toEqual([]);
  });
});
