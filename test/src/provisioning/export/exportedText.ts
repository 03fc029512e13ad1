import { exportRegistry } from '../../../../src/provisioning/export/exportScript.ts';
import type { CacheLink, ExportLanguage } from '../../../../src/provisioning/types.ts';

/** All files of an export as one text, for what may be in any of them. */
export function exportedText(links: CacheLink | readonly CacheLink[], language: ExportLanguage): string {
  const files = exportRegistry('mappings' in links ? [links] : links, language);
  return files.map(({ text }) => text).join('\n');
}
