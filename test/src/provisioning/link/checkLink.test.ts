import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkProblems, parseCacheLink } from '../../../../src/provisioning/link/parseLink.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';

const codes = (link: CacheLink): string[] => linkProblems(link).map((problem) => problem.code);

describe('linkProblems', () => {
  it('accepts the article link', () => {
    expect(codes(articleLink())).toEqual([]);
  });

  it.each<[string, Partial<CacheLink>]>([
    ['link.empty', { mappings: [] }],
    ['link.self', { source: { kind: 'registry', ...articleLink().downstream } }],
    [
      'link.downstream',
      { downstream: { id: articleLink().authentication.identityId, loginServer: 'myregistry.example' } },
    ],
    ['link.identity', { authentication: { kind: 'identity', identityId: articleLink().source.id } }],
    ['link.loginServer', { source: { kind: 'registry', id: articleLink().source.id, loginServer: 'no host' } }],
    ['link.duplicateName', { mappings: [mapping('MyRule', 'myapp'), mapping('myrule', 'other')] }],
    ['link.duplicateTarget', { mappings: [mapping('MyRule', 'myapp', 'same'), mapping('Other', 'other', 'same')] }],
    ['link.duplicateTarget', { mappings: [mapping('MyRule', 'a/*', 'x/*'), mapping('Other', 'b/*', 'x/y/*')] }],
    ['link.kind', { mappings: [mapping('MyRule', 'myapp', 'cache/*')] }],
    ['link.repositoryScope', { access: 'repositoryScope', mappings: [mapping('MyRule', 'team/app')] }],
    ['link.repositoryScope', { access: 'repositoryScope', mappings: [mapping('MyRule', 'team/*')] }],
    ['ruleName.characters', { mappings: [mapping('My Rule', 'myapp')] }],
    [
      'repository.upperCase',
      {
        mappings: [
          {
            ruleName: 'MyRule',
            source: { kind: 'repository', repository: 'MyApp' },
            target: { kind: 'repository', repository: 'myapp' },
          },
        ],
      },
    ],
  ])('finds %s', (code, change) => {
    expect(codes(articleLink(change))).toContain(code);
  });

  it('allows a repository inside a wildcard, which wins over it', () => {
    expect(codes(articleLink({ mappings: [mapping('MyRule', 'a/*', 'x/*'), mapping('Other', 'b', 'x/b')] }))).toEqual(
      [],
    );
  });
});

describe('parseCacheLink', () => {
  it('reads back what JSON made of a link', () => {
    const link = articleLink({
      allowAbacSwitch: true,
      mappings: [mapping('MyRule', 'team/*'), mapping('All-of-it', '*')],
    });
    const alone = { ...link, mappings: [mapping('MyRule', 'team/*')] };
    expect(parseCacheLink(JSON.parse(JSON.stringify(alone)))).toEqual({ ok: true, value: alone });
  });

  it('drops members it does not know', () => {
    const parsed = parseCacheLink({ ...articleLink(), token: 'secret', allowAbacSwitch: 'yes' });
    expect(parsed).toEqual({ ok: true, value: articleLink() });
  });

  it('never throws and accepts no link that has problems', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(articleLink())), (value, key) => {
        const parsed = parseCacheLink({ ...articleLink(), [key]: value });
        if (parsed.ok) expect(linkProblems(parsed.value)).toEqual([]);
        parseCacheLink(value);
      }),
    );
  });
});
