import { isWellKnownHost, registryHost } from './hosts.ts';

/** What Azure says of the cache rule that it pulled through: `from source 'host/app' for cache rule 'MyRule'`. */
export function ruleWordsOf(text: string): { readonly ruleName?: string; readonly source?: string } {
  const ruleName = /\bcache rule ["']([^"'\n]{1,100})["']/i.exec(text)?.[1];
  const source = /\bfrom source ["']([^"'\n]{1,500})["']/i.exec(text)?.[1];
  return { ruleName, source };
}

/** Azure's id of the failed request, however a client or a log spells its name. */
export function correlationIdOf(text: string): string | undefined {
  return /correlation[ _-]?(?:request[ _-]?)?id["')\]}]{0,2}\s{0,3}(?:[:=-]|is)?\s{0,3}["'([{<]{0,3}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])/i.exec(
    text,
  )?.[1];
}

/** Without what the registry asked of a cache rule's source: the client asked another host. */
export function withoutSource(text: string): string {
  if (!/\bcache rule\b/i.test(text)) return text;
  return text.replace(/\b(?:source|upstream)(?: (?:registry|repository|image))? ["']?[a-z0-9][^\s"']{3,500}/gi, '');
}

/** How programs write the status of an answer. Each has the number as its first group. */
const statuses: readonly RegExp[] = [
  /\b(?:status|response)(?:[ _-]?code)?(?: from (?:registry|server)| from \w{3,7} request to …| …| does not indicate success)?["']?\s{0,2}[:=]?\s{0,2}["']?(?:\[\w{1,20} [\w.:-]{1,200}\]:? ?)?([1-5]\d\d)\b/gi,
  /\bHTTP(?:\/[\d.]{1,3})?(?: (?:code|error|status|response)){0,2}:? ([1-5]\d\d)\b/gi,
  /(?<![\w.-])([45]\d\d):? ["'(]?(?:Unauthorized|Forbidden|Not Found|Proxy Auth|Request Time|Conflict|Too Many|Failed Dep|Internal Server|Bad Gateway|Service (?:Temporarily )?Unavail|(?:The )?Service Unavail|Gateway Time|This request is not auth)/gi,
  /(?<!exit )\b(?:error|code|got|returned|with|failed:|error:)[ :=]{1,2}\(?([45]\d\d)\b(?!\.\d)/gi,
];

/** Without what the engine answered its own client, which says nothing of a registry. */
export function withoutEngine(text: string): string {
  return text.replace(
    /Docker API responded with status code\W{0,3}\w{1,40}|\(HTTP code \d{3}\) \w{1,20} error|\d{3} (?:Server|Client) Error for http\+docker\S{0,300}(?: Internal Server Error)?/gi,
    '',
  );
}

/** The status that the registry answered: of a chain of errors the innermost, which comes last. */
export function statusOf(text: string): number | undefined {
  // An address stands between some words and their number.
  const own = text.replace(/\bhttps?:\/\/\S+/gi, '…');
  let found: { readonly index: number; readonly status: number } | undefined;
  for (const form of statuses) {
    for (const match of own.matchAll(form)) {
      const index = match.index + match[0].length;
      if (!found || index > found.index) found = { index, status: Number(match[1]) };
    }
  }
  return found?.status;
}

/** What a request to a registry, or to what issues its tokens, asks for; documentation has other addresses. */
const registryPath =
  /^(?:\/?$|\/v[12]\b|\/acr\/v1\b|\S{0,100}\/?(?:token|auth|oauth2)\b|\S{0,300}[?&](?:scope|service)=)/i;

/** The host that was asked; of several a registry before others, and the last one named. */
export function hostOf(text: string, isKnown: (host: string) => boolean): string | undefined {
  const matches = text.matchAll(
    /\bhttps?:\/\/([a-z0-9][a-z0-9.-]{0,253}(?::\d{1,5})?)(?![\w.-])([/?][^\s"'<>]{0,400})?|(\b(?:lookup|host|registry|server) ["']?)?(?<![\w.-])([a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,8}(?::\d{1,5})?)/gi,
  );
  const hosts = [...matches].flatMap(([, address, path = '', word, name = '']) => {
    const host = registryHost(address ?? name);
    const isAsked = address === undefined ? word !== undefined : registryPath.test(path);
    return isAsked || isWellKnownHost(host, isKnown) ? [host] : [];
  });
  return hosts.findLast((host) => isWellKnownHost(host, isKnown)) ?? hosts.at(-1);
}
