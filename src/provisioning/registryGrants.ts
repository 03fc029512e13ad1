/** One role assignment that bears on reading from a registry, in words. */
export interface RegistryGrant {
  readonly assignmentId: string;
  readonly roleName: string;
  readonly scope: string;
  readonly condition?: string;
  /** What it gives, or why it gives nothing. */
  readonly explained: string;
  /** Compared with what the rule needs. */
  readonly compared: string;
  readonly counts: boolean;
}
