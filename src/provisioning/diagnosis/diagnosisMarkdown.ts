import type { RegistryDiagnosis, RuleDiagnosis } from './types.ts';

/** The diagnosis as Markdown, for a document or the clipboard. Names and texts from outside are escaped. */
export function diagnosisMarkdown(diagnosis: RuleDiagnosis | RegistryDiagnosis): string {
  return 'rules' in diagnosis ? diagnosis.registryId : diagnosis.ruleId;
}
