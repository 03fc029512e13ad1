import { describe, expect, it } from 'vitest';
import { requirementsOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import type { AccessForm } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';

const ids = (link = articleLink()): string[] => requirementsOf(link).map((requirement) => requirement.id);

describe('requirementsOf', () => {
  it('gives the article link its four requirements', () => {
    expect(ids()).toEqual(['identity', 'abacMode', 'roleAssignment', 'cacheRule:MyRule']);
  });

  it('lets a rule need the identity but not the role', () => {
    const rule = requirementsOf(articleLink()).find((requirement) => requirement.kind === 'cacheRule');
    expect(rule?.needs).toEqual(['identity']);
  });

  it('leaves the permission mode alone with AcrPull, and says that this is not documented', () => {
    const link = articleLink({ access: 'acrPull' });
    expect(ids(link)).toEqual(['identity', 'roleAssignment', 'cacheRule:MyRule']);
    const role = requirementsOf(link).find((requirement) => requirement.kind === 'roleAssignment');
    expect(role?.describe().todo).toMatch(/not document/);
  });

  it('registers the feature before the rules only when allowed', () => {
    const requirements = requirementsOf(articleLink({ allowFeatureRegistration: true }));
    expect(requirements.map((requirement) => requirement.id)).toContain('featureFlag');
    expect(requirements.at(-1)?.needs).toEqual(['identity', 'featureFlag']);
  });

  it('has one role assignment for all repositories, and one rule for each', () => {
    const link = articleLink({ mappings: [mapping('MyRule', 'myapp'), mapping('TeamRule', 'team/*', 'cache/team/*')] });
    expect(ids(link)).toEqual(['identity', 'abacMode', 'roleAssignment', 'cacheRule:MyRule', 'cacheRule:TeamRule']);
  });

  it('has one assignment per repository at the scope of the article', () => {
    const link = articleLink({
      access: 'repositoryScope',
      mappings: [mapping('MyRule', 'myapp'), mapping('Other', 'other')],
    });
    expect(ids(link)).toEqual([
      'identity',
      'abacMode',
      'roleAssignment:myapp',
      'roleAssignment:other',
      'cacheRule:MyRule',
      'cacheRule:Other',
    ]);
  });

  it.each<AccessForm>(['condition', 'registry', 'repositoryScope', 'acrPull'])(
    'has ids that are unique and needs that come earlier (%s)',
    (access) => {
      const link = articleLink({
        access,
        allowFeatureRegistration: true,
        mappings: [mapping('MyRule', 'myapp'), mapping('Other', 'other')],
      });
      const seen = new Set<string>();
      for (const requirement of requirementsOf(link)) {
        expect(seen.has(requirement.id)).toBe(false);
        for (const need of requirement.needs) expect(seen).toContain(need);
        seen.add(requirement.id);
      }
    },
  );
});
