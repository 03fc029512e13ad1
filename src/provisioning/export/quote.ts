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

/** Names of the variables that the frame sets and the steps read. */
export type ScriptVariable = 'IDENTITY_RESOURCE_ID' | 'IDENTITY_PRINCIPAL_ID' | 'UPSTREAM_ID';

export function variable(name: ScriptVariable): string {
  return `"$${name}"`;
}

/** `NAME=value` in the shell's way; `value` is already quoted. */
export function assign(name: ScriptVariable, value: string, language: ShellLanguage): string {
  return language === 'bash' ? `${name}=${value}` : `$${name} = ${value}`;
}

/** The output of a command as a value. */
export function capture(name: ScriptVariable, command: string, language: ShellLanguage): string {
  return language === 'bash' ? `${name}=$(${command})` : `$${name} = ${command}`;
}

/** One command over several lines, an option per line, as in the article. Words are already quoted. */
export function command(
  words: readonly string[],
  options: readonly (readonly string[])[],
  language: ShellLanguage,
): string {
  const continuation = language === 'bash' ? ' \\\n  ' : ' `\n  ';
  return [words.join(' '), ...options.map((option) => option.join(' '))].join(continuation);
}
