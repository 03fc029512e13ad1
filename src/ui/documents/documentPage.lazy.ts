import * as vscode from 'vscode';

/** What the links of a document may run, each given an id that it checks; VS Code runs nothing else from there. */
export const linkedCommands: readonly string[] = [
  'acrCache.openRule',
  'acrCache.verifyRule',
  'acrCache.diagnoseRule',
  'acrCache.diagnoseRegistry',
  'acrCache.repairRule',
  'acrCache.showDiagnosis',
  'acrCache.changeIdentity',
  'acrCache.refreshReport',
  'acrCache.resume',
];

/**
 * Shows Markdown in a webview, as VS Code renders it; its source where Markdown support is disabled. No script runs there.
 * @param textNow the text of now: if it changes while it is rendered, the later call shows it
 */
export async function showMarkdown(webview: vscode.Webview, textNow: () => string): Promise<void> {
  const text = textNow();
  const body = await render(text);
  if (textNow() !== text) return;
  webview.options = { enableCommandUris: linkedCommands };
  webview.html = page(body);
}

async function render(markdown: string): Promise<string> {
  try {
    return await vscode.commands.executeCommand<string>('markdown.api.render', markdown);
  } catch {
    return `<pre>${markdown.replace(/[&<>]/g, (sign) => `&#${String(sign.charCodeAt(0))};`)}</pre>`;
  }
}

function page(body: string): string {
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${style}</style>
</head>
<body>${body}</body>
</html>`;
}

/** Nothing is wider than the pane: what is too long for its line breaks anywhere. */
const style = `
body { padding: 0 24px 24px; max-width: 960px; line-height: 1.5; overflow-wrap: anywhere; }
h1 { font-size: 1.6em; font-weight: 600; margin: 0.7em 0 0.3em; }
h2 { font-size: 1.15em; font-weight: 600; margin: 1.2em 0 0.3em; }
h3 { font-size: 1em; font-weight: 600; margin: 0.9em 0 0.2em; }
p, ul, ol, table, pre, details { margin: 0.4em 0; }
ul, ol { padding-left: 1.6em; }
a { text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
code { font-size: 0.95em; }
pre { padding: 6px 10px; white-space: pre-wrap; background: var(--vscode-textCodeBlock-background); border: 1px solid var(--vscode-contrastBorder, transparent); }
pre code { padding: 0; background: none; color: inherit; }
table { border-collapse: collapse; }
th, td { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
th { font-weight: 600; white-space: nowrap; }
summary { cursor: pointer; }
`;
