import MarkdownIt from 'markdown-it';

/** What the links of a document may run, each given an id that it checks; VS Code runs nothing else from there. */
export const linkedCommands: readonly string[] = [
  'acrCache.goBack',
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

/** Not VS Code's (`markdown.api.render`), whose extension would have to be started first. */
const markdown = new MarkdownIt({ html: true });

/** Markdown as the page of a webview, in which no script runs and nothing is fetched. */
export function pageOf(text: string): string {
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${style}</style>
</head>
<body>${markdown.render(text)}</body>
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
