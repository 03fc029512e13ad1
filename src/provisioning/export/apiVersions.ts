/** Api-versions that the templates name. The rule's is the first whose cache rules have an identity. */
export const apiVersions = {
  registry: '2025-11-01',
  cacheRule: '2026-01-01-preview',
  identity: '2024-11-30',
  roleAssignment: '2022-04-01',
  deployment: '2022-09-01',
} as const;
