import { firstRuleIdentityVersion } from '../../domain/ruleVersions.ts';

/** Api-versions that the templates name. The rule's is one whose cache rules are known to have an identity. */
export const apiVersions = {
  registry: '2025-11-01',
  cacheRule: firstRuleIdentityVersion,
  identity: '2024-11-30',
  roleAssignment: '2022-04-01',
  deployment: '2022-09-01',
} as const;
