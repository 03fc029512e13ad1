import { shownLines } from './shown.ts';

/** Longest text that is looked at: what comes from outside is cut before it is cleaned. */
const readLimit = 8192;
const messageLimit = 2000;
const mask = '[redacted]';

/** `Authorization` without its name. */
const schemes = /\b(bearer|basic|sharedaccesssignature)(:?\s{1,4})([\w\-.~+/=]+)/gi;

/** What is secret by its name: `password=`, `"refreshToken": `, `AccountKey=`, `sig=`, `--client-secret `, `-p `. */
const names =
  /passwo?r?d|passphrase|pwd|secret|token|credential|assertion|authorization|(?:account|access|shared|api|private|master|storage)[-_]?key|\bsig\b|\B-p\b/gi;

/** What stands between a name and its value. */
const between = /s?\\?["']?(?:\s{0,9}(?:=>|[=:])\s{0,9}|,\s{0,9}(?=["'])|\s{1,9})/y;

/** The value behind a name: quoted (as in JSON in JSON, too), or up to white space or what separates it from the next. */
const value = /\\"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|(?:[^\s"'&,;]|,(?=\S))+/y;

const userInArgument = /(\s(?:-u|--user)\s["']?[^\s:"']+:)[^\s"']+/g;
const userInUrl = /(:\/\/[^\s/:@]*:)[^\s/:@]+@/g;

/** Texts without a space, which may be a secret by their form. */
const runs = /[\w.~+/=-]{16,}/g;
const forms: readonly RegExp[] = [
  /eyJ[\w-]{12}/, // a JSON web token, or other JSON in base64
  /\b[01]\.A[\w-]{30}/, // a refresh token of Entra
  /\dQ~/, // a client secret of Entra
  /\+ACR/, // a password of a registry
  /^[A-Za-z0-9+/]{42,}==?$/, // a key of a storage account
  /gh[opsur]_\w|github_pat_|glpat-|dckr_pat_/, // a token of GitHub, GitLab or Docker Hub
];

/**
 * Masks what is known to be secret by its form or by its name. It may mask a word too many, and cannot know what has neither. Linear
 * in the text.
 */
export function maskSecrets(text: string): string {
  const unsigned = text.replace(schemes, (all: string, name: string, between: string, secret: string) =>
    isWord(secret) ? all : `${name}${between}${mask}`,
  );
  return maskNamed(unsigned)
    .replace(userInArgument, `$1${mask}`)
    .replace(userInUrl, `$1${mask}@`)
    .replace(runs, (run) => (forms.some((form) => form.test(run)) ? mask : run));
}

function maskNamed(text: string): string {
  let masked = '';
  let end = 0;
  for (const { 0: name, index } of text.matchAll(names)) {
    const gap = index < end ? undefined : at(between, text, index + name.length);
    if (gap === undefined) continue;
    const start = index + name.length + gap.length;
    const secret = at(value, text, start);
    if (secret === undefined || !isSecret(text, index, name, gap, secret)) continue;
    masked += `${text.slice(end, start)}${mask}`;
    end = start + secret.length;
  }
  return masked + text.slice(end);
}

/** What a sticky expression finds at a place. */
function at(expression: RegExp, text: string, index: number): string | undefined {
  expression.lastIndex = index;
  return expression.exec(text)?.[0];
}

function isSecret(text: string, index: number, name: string, gap: string, secret: string): boolean {
  if (secret.startsWith(mask)) return false;
  // Only an argument is parted from its value by a space alone: `--password x`, but not "the password is".
  if (!/[=:]/.test(gap)) {
    const isArgument = name === '-p' || /(?:^|[\s"'[,])-[\w-]*$/.test(text.slice(Math.max(0, index - 40), index));
    // `-p 8080:80` is a port.
    return isArgument && !/^[\d.:-]+(?:\/\w+)?$/.test(secret);
  }
  // "The token: expired", where a sentence goes on. A password is never taken for that.
  return /^(?:pass|pwd)/i.test(name) || !(/^:\s/.test(gap) && isWord(secret));
}

/** "Basic registries", "Bearer realm=", "expired." */
function isWord(text: string): boolean {
  return text.length < 24 && /^(?:[A-Z]?[a-z]+|[A-Z]+|[a-z_]+=)\.?$/.test(text);
}

/** Text from outside made fit to be shown: secrets masked, nothing that would not be seen, at most 2,000 characters. */
export function safeMessage(text: string): string {
  const lines = shownLines(maskSecrets(text.slice(0, readLimit)), readLimit).trim();
  return lines.length > messageLimit ? `${lines.slice(0, messageLimit - 1)}…` : lines;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What may be written into a log as one line: secrets masked, and nothing in it looks like another line. */
export function logLine(text: string): string {
  const line = maskSecrets(text.slice(0, readLimit)).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => escapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return text.length > readLimit ? `${line}…` : line;
}
