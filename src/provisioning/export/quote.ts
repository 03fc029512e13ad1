import type { ExportLanguage } from '../types.ts';

/** The languages whose export is a script of `az` commands. */
export type ShellLanguage = Extract<ExportLanguage, 'bash' | 'powershell'>;

/** Quotes any text as one literal word of the shell. NUL, which no shell can hold, is dropped. */
export function quote(text: string, language: ShellLanguage): string {
  return language === 'bash' ? quoteBash(text) : quotePowerShell(text);
}

/** Plain words stay readable; everything else goes into single quotes, in which bash interprets nothing. */
export function quoteBash(text: string): string {
  const value = text.replaceAll('\0', '');
  if (/^[A-Za-z0-9_/.:@%+,-]+$/.test(value) && !value.startsWith('-')) return value;
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** PowerShell takes typographic single quotes for single quotes too (about_Quoting_Rules): all are doubled. */
export function quotePowerShell(text: string): string {
  const value = text.replaceAll('\0', '');
  return `'${value.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
