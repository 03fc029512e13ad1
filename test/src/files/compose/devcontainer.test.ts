import { describe, expect, it } from 'vitest';
import { findSound, renamedIn, summary } from '../found.ts';

const find = (text: string) => findSound({ path: '.devcontainer/devcontainer.json', text });

describe('a devcontainer.json', () => {
  it('names its image, and no features', () => {
    const text = `// For details see the reference.
{
  "name": "Service",
  "image": "upstream.example/devcontainers/base:1-bookworm", // pinned
  "features": { "upstream.example/features/node:1": { "version": "lts" } },
  "customizations": { "vscode": { "image": "no:1", }, },
}`;
    expect(summary(find(text))).toEqual([
      'upstream.example/devcontainers/base:1-bookworm = upstream.example/devcontainers/base:1-bookworm',
    ]);
    expect(renamedIn(text, find(text))).toBe(text.replace('upstream.example/devc', 'downstream.example/cached/devc'));
  });

  it('counts the default of a local variable', () => {
    const text = '{"image": "upstream.example/base:${localEnv:TAG:1-bookworm}"}';
    expect(summary(find(text))).toEqual([
      'upstream.example/base:${localEnv:TAG:1-bookworm} = upstream.example/base:1-bookworm',
    ]);
    const whole = '{"image": "${localEnv:IMAGE:upstream.example/base:1}"}';
    expect(renamedIn(whole, find(whole))).toBe('{"image": "${localEnv:IMAGE:downstream.example/cached/base:1}"}');
    expect(summary(find('{"image": "upstream.example/base:${localEnv:TAG}"}'))).toEqual([
      'upstream.example/base:${localEnv:TAG} = upstream.example/base open',
    ]);
    expect(find('{"image": "${localEnv:IMAGE}"}')).toEqual([]);
    expect(find('{"image": "${localEnv:IMAGE"}')).toEqual([]);
  });

  it('names no image where it has a number', () => {
    expect(find('{"image": 1}')).toEqual([]);
    expect(find('{"image": true}')).toEqual([]);
  });

  it('has an image in escapes that cannot be replaced in part', () => {
    expect(summary(find('{"image": "upstream.example\\/base:1"}'))).toEqual([
      'upstream.example\\/base:1 = upstream.example/base:1',
    ]);
  });
});
