/**
 * Which api-versions of Microsoft.ContainerRegistry carry a cache rule's `identity`. It cannot be concluded from a date: a later
 * version may lack what an earlier preview has, as 2025-04-01 lacks `roleAssignmentMode` of 2025-03-01-preview. Sources:
 * docs/azure-facts.md.
 */

/** Those whose specification has `identity` on a rule. Newest first. */
export const ruleIdentityVersions: readonly string[] = [
  '2026-09-01-preview',
  '2026-03-01-preview',
  '2026-01-01-preview',
];

/** The one that the Azure CLI uses and that is recorded: what to write into a file, and to try where nothing is known. */
export const firstRuleIdentityVersion = '2026-01-01-preview';

/** Those whose specification has cache rules without it, newest first; `firstRuleVersion` is the oldest that is not a preview. */
const versionsWithoutIdentity: readonly string[] = [
  '2025-11-01',
  '2025-06-01-preview',
  '2025-05-01-preview',
  '2025-04-01',
  '2025-03-01-preview',
  '2024-11-01-preview',
  '2023-11-01-preview',
  '2023-08-01-preview',
  '2023-07-01',
  '2023-06-01-preview',
  '2023-01-01-preview',
];
export const firstRuleVersion = '2023-07-01';

/** Those from before there were cache rules. */
const versionsWithoutRules: readonly string[] = [
  '2022-12-01',
  '2022-02-01-preview',
  '2021-12-01-preview',
  '2021-09-01',
  '2021-08-01-preview',
  '2021-06-01-preview',
  '2020-11-01-preview',
  '2019-12-01-preview',
  '2019-05-01',
  '2017-10-01',
  '2017-03-01',
];

/** Whether rules of this api-version have an identity; undefined: its specification is not known to this extension. */
export function carriesRuleIdentity(apiVersion: string): boolean | undefined {
  const version = apiVersion.toLowerCase();
  if (ruleIdentityVersions.includes(version)) return true;
  return versionsWithoutIdentity.includes(version) || versionsWithoutRules.includes(version) ? false : undefined;
}
