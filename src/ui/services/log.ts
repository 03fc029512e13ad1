import * as vscode from 'vscode';

const writing: ReadonlySet<unknown> = new Set<keyof vscode.LogOutputChannel>([
  ...(['trace', 'debug', 'info', 'warn', 'error'] as const),
  ...(['append', 'appendLine', 'replace'] as const),
]);

/**
 * The extension's log, the only one: whoever writes to it, each entry is one line without secrets. What sees to that is loaded with
 * the first entry, which therefore appears a moment later.
 */
export function createLog(name: string): vscode.LogOutputChannel {
  const channel = vscode.window.createOutputChannel(name, { log: true });
  const get = (_: unknown, key: keyof vscode.LogOutputChannel): unknown => {
    const member: unknown = Reflect.get(channel, key);
    if (typeof member !== 'function') return member;
    return (...words: unknown[]): unknown =>
      writing.has(key)
        ? void import('../../common/secrets.ts').then(({ logLine }) => {
            member.call(channel, logLine(words.map(String).join(' ')));
          })
        : member.apply(channel, words);
  };
  return new Proxy({}, { get }) as vscode.LogOutputChannel;
}
