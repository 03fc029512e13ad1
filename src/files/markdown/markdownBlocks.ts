import type { CodeBlock, CodeLine } from './codeBlocks.ts';
import type { FoundReference } from '../types.ts';

/** How a code block is read: as a file of this name, or as commands. Undefined: as nothing. */
export type BlockKind =
  { readonly path: string } | { readonly isPowerShell: boolean; readonly mayBeConsole: boolean } | undefined;

/** Names of files that are what a language's code blocks hold. */
const pathsByLanguage = new Map<string, string>([
  ...['dockerfile', 'docker', 'containerfile'].map((name) => [name, 'Dockerfile'] as const),
  ...['yaml', 'yml'].map((name) => [name, 'block.yaml'] as const),
  ...['json', 'jsonc'].map((name) => [name, 'block.json'] as const),
  ...['bicep'].map((name) => [name, 'block.bicep'] as const),
  ...['hcl', 'terraform', 'tf'].map((name) => [name, 'block.tf'] as const),
]);
/** They say nothing about what the block holds. */
const plainLanguages = new Set(['', 'none', 'text', 'txt', 'plaintext', 'plain']);
const shells = new Set([
  'sh',
  'bash',
  'zsh',
  'ksh',
  'fish',
  'shell',
  'cmd',
  'bat',
  'batch',
  'dos',
  'azurecli',
  'azure-cli',
  'azcli',
]);
const consoles = new Set(['console', 'shellsession', 'shell-session', 'terminal', 'sh-session', 'bash-session']);
const powerShells = new Set(['powershell', 'pwsh', 'posh', 'ps1', 'ps', 'azurepowershell']);

/** By the language that is named, else by the content. */
export function blockKind(block: CodeBlock): BlockKind {
  const language = languageOf(block.info);
  const path = pathsByLanguage.get(language) ?? (plainLanguages.has(language) ? pathByContent(block) : undefined);
  if (path !== undefined) return { path };
  const isPowerShell = powerShells.has(language);
  const mayBeConsole = consoles.has(language);
  const isShell = isPowerShell || mayBeConsole || plainLanguages.has(language) || shells.has(language);
  return isShell ? { isPowerShell, mayBeConsole } : undefined;
}

/** `bash {linenos}`, `{.bash}`, `bash,ignore`, and `azurecli-interactive` of Microsoft's documentation. */
function languageOf(info: string): string {
  const language = /^[\s{.]*([\w-]*)/.exec(info.slice(0, 64))?.[1]?.toLowerCase() ?? '';
  return language.replace(/-interactive$/, '');
}

const instruction =
  /^[ \t]*(?:FROM|ARG|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)[ \t]/;
const yamlKey = /^[ \t]*(?:- )?[\w.$/-]+:(?:[ \t]|$)/;
const yamlImage = /^[ \t]*(?:- )?image:(?:[ \t]|$)/;

function pathByContent(block: CodeBlock): string | undefined {
  const lines = linesOf(block).filter((line) => line.trim() !== '' && !/^[ \t]*(?:#|---)/.test(line));
  const [first = ''] = lines;
  const isContinued = (index: number) => lines[index - 1]?.trimEnd().endsWith('\\') === true;
  const isDockerfile = /^(?:FROM|ARG)[ \t]/.test(first);
  if (isDockerfile && lines.every((line, index) => isContinued(index) || instruction.test(line))) return 'Dockerfile';
  return yamlKey.test(first) && lines.some((line) => yamlImage.test(line)) ? 'block.yaml' : undefined;
}

function linesOf({ lines, text }: CodeBlock): readonly string[] {
  return lines.map(({ start, end }) => text.slice(start, end));
}

/** That is not blank. */
function firstLine({ lines, text }: CodeBlock): string {
  const first = lines.find(({ start, end }) => text.slice(start, end).trim() !== '');
  return text.slice(first?.start, first?.end);
}

const dollar = /^[ \t]*\$ /;
const windowsPrompt = /^[ \t]*PS [^>\n]{0,200}> /;
/** `user@host:~$`, `[root@host ~]#`, `~ $`, `C:\>`. */
const longPrompt =
  /^[ \t]*(?:\[?[\w.-]{1,40}@[\w.-]{1,60}[^$#%>\n]{0,60}[$#%>]|[~/][\w./~-]{0,60} ?[$#%]|[A-Z]:\\[^>\n]{0,100}>) /;
const prompts = [dollar, windowsPrompt, longPrompt];
/** All of them end so. */
const promptEnd = /[$#%>] /;
/** `#` is a comment beside other prompts. */
const anyPrompt = /^[ \t]*(?:#|>|%) /;
const client = /^[ \t]*(?:sudo )?(?:docker|podman|nerdctl|kubectl|oc|az)[ \t]/;

/** What stands before the commands of a block; undefined: there is nothing, and all of it are commands. */
function promptOf(block: CodeBlock, mayBeConsole: boolean): RegExp | undefined {
  if (!mayBeConsole) {
    const first = firstLine(block);
    if (!promptEnd.test(first) || !prompts.some((form) => form.test(first))) return undefined;
  }
  const lines = linesOf(block);
  const found = prompts.find((form) => lines.some((line) => form.test(line)));
  if (found) return found;
  const isPlain = lines.some((line) => client.test(line));
  return !isPlain && lines.some((line) => anyPrompt.test(line)) ? anyPrompt : undefined;
}

const continuedPrompt = /^[ \t]*(?:>{1,10} )?/;

/** The commands of a block without their prompt; what they print is emptied. */
export function commandsIn(block: CodeBlock, mayBeConsole: boolean, isPowerShell: boolean): CodeBlock {
  const prompt = promptOf(block, mayBeConsole);
  if (!prompt) return block;
  const lines: CodeLine[] = [];
  const texts: string[] = [];
  let start = 0;
  let isContinued = false;
  for (const line of block.lines) {
    const written = block.text.slice(line.start, line.end);
    const sign: string | undefined = (isContinued ? continuedPrompt : prompt).exec(written)?.[0];
    const command: string = sign === undefined ? '' : written.slice(sign.length);
    isContinued = command.trimEnd().endsWith(isPowerShell ? '`' : '\\');
    const at = line.at === undefined || sign === undefined ? undefined : line.at + sign.length;
    lines.push({ start, end: start + command.length, at });
    texts.push(command);
    start += command.length + 1;
  }
  return { ...block, text: texts.join('\n'), lines };
}

/** The names of stages that a block of a Dockerfile has, in lower case. */
export function stagesIn(block: CodeBlock): readonly string[] {
  return linesOf(block).flatMap((line) => {
    const words = line
      .trim()
      .toLowerCase()
      .split(/[ \t]+/);
    const name = words.at(-1);
    return words[0] === 'from' && words.at(-2) === 'as' && name !== undefined ? [name] : [];
  });
}

/** What descriptions of a schema have in place of an image. */
const typeNames = new Set(['string', 'str', 'text', 'object', 'boolean', 'bool', 'integer', 'int', 'number', 'any']);

/**
 * Whether a reference is what documentation has in the place of one. Its Dockerfiles are parts of one: stages may be in other blocks, or
 * left out.
 */
export function isPlaceholder({ image, usage }: FoundReference, stages: ReadonlySet<string>): boolean {
  const { host, repository, tag, digest } = image;
  // `YOURREGISTRY/app`.
  if (host !== undefined) return !/[.:]/.test(host) && host !== 'localhost';
  if (tag !== undefined || digest !== undefined) return false;
  if (usage === 'copyFrom' || usage === 'mountFrom') return !repository.includes('/');
  return typeNames.has(repository) || (usage === 'base' && stages.has(repository));
}
