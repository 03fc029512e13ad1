import { findInFile } from '../../../src/files/find.ts';
import type { FoundReference, RuleFile, TextFile } from '../../../src/files/types.ts';

export function findReferences(file: TextFile): readonly FoundReference[] {
  return findInFile(file).references;
}

export function findRuleDefinitions(file: TextFile): RuleFile {
  return findInFile(file).ruleFile;
}
