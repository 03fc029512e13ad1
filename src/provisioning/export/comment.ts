import type { ExportLanguage } from '../types.ts';

/** A comment that stays a comment whatever the text holds. JSON has none. */
export function commentOf(text: string, language: Exclude<ExportLanguage, 'arm'>): string {
  const sign = language === 'bicep' ? '//' : '#';
  return text
    .replace(/[\0\u2028\u2029\u0085\v\f]/g, ' ')
    .split(/\r\n|\r|\n/)
    .map((line) => `${sign} ${line}`.trimEnd())
    .join('\n');
}
