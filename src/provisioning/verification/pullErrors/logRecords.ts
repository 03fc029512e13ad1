/** One message of a log: a line, or the lines that belong together. */
export interface LogRecord {
  readonly text: string;
  /** If it was wrapped: its lines joined the other way, since it is not certain whether a blank stood where they broke. */
  readonly otherText?: string;
  /** The logger itself does not count it as an error. */
  readonly isInformation: boolean;
}

/** Longer output is cut to its end before anything else: that is where clients print the error. */
const maxText = 100_000;

/** Narrower logs are not wrapped: their lines just end. */
const minWidth = 60;

/** By how much lines that are wrapped between words differ. */
const raggedness = 12;

/** A list of attempts that is longer was cut off, and what follows is something else. */
const maxList = 8000;

/** How the end of a line came about: `cut` at the width of a terminal, `wrapped` there between words, or it just ends. */
type LineEnd = 'cut' | 'wrapped' | 'ended';

/** Reads what programs printed as messages. Linear in the text, and bounded; hostile input does no harm. */
export function readLogRecords(text: string): LogRecord[] {
  const lines = plain(text.slice(-maxText)).split('\n');
  const records: LogRecord[] = [];
  let open: LogRecord | undefined;
  const close = (): void => {
    if (open) records.push(decoded(open));
    open = undefined;
  };
  lines.forEach((line, index) => {
    const { level, rest } = withoutPrefix(line);
    const before = lines[index - 1] ?? '';
    // What a logger tells by the way is short.
    const end = open?.isInformation ? 'ended' : endOf(lines, index - 1);
    if (rest.trim() === '') close();
    else if (open && level === undefined && (isListOpen(open) || continues(before, rest, end)))
      open = joined(open, rest, end);
    else {
      close();
      open = { text: rest.trim(), isInformation: level !== undefined && /^(?:i|d|t|n)/i.test(level) };
    }
  });
  close();
  return records;
}

/** Columns of terminals and of programs that wrap. */
const widths = [72, 76, 80, 100, 120, 132, 140, 160, 200];

/** What is cut at one width makes lines of one length; a line that is wrapped there has no room for the next one's first word. */
function endOf(lines: readonly string[], index: number): LineEnd {
  const line = lines[index] ?? '';
  const { length } = line;
  if (length < minWidth) return 'ended';
  const [above = '', below = ''] = [lines[index - 1], lines[index + 1]];
  const isCut = widths.includes(length) || above.length === length || below.length === length;
  if (isCut && !/\s$/.test(line)) return 'cut';
  const room = length + 1 + below.trimStart().search(/\s|$/);
  const isFull = widths.some((width) => length <= width && width < room);
  const isLikeOthers = [above, below].some((other) => Math.abs(other.length - length) <= raggedness);
  return isFull || isLikeOthers ? 'wrapped' : 'ended';
}

/** Where a line may have been cut inside of a word, both ways are kept. */
function joined(open: LogRecord, line: string, end: LineEnd): LogRecord {
  const isCut = end === 'cut' && !/^\s/.test(line);
  const text = `${open.text}${isCut ? '' : ' '}${line.trim()}`;
  if (!isCut && open.otherText === undefined) return { ...open, text };
  return { ...open, text, otherText: `${open.otherText ?? open.text} ${line.trim()}` };
}

/** Without the escapes of URLs and HTML, which count in the width of a line. */
function decoded({ text, otherText, isInformation }: LogRecord): LogRecord {
  return {
    text: decode(text),
    otherText: otherText && decode(otherText),
    isInformation,
  };
}

function decode(text: string): string {
  return text
    .replace(/%(?:25){0,2}(3A|2F|40|5F|2D|2E)/gi, (_, code: string) => character(code))
    .replace(/&(quot|#34|#39|apos|lt|gt|amp);/g, (_, name: string) => entities[name] ?? ' ');
}

/** Without colours, escapes of JSON, and characters that cannot be seen. */
function plain(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // A Windows path stays as it is; elsewhere a run of backslashes, however long, is one escape.
      .replace(/\b[A-Za-z]:\\[^\s"'<>|]{0,300}|\\+(?:u00([0-9a-f]{2})|(["'/nrt]))?/gi, unescape)
      .replace(/\u001b\[[0-?]{0,40}[ -/]{0,4}[@-~]|\u001b\][^\u0007\u001b]{0,500}(?:\u0007|\u001b\\)/g, '')
      .replace(/\[\d{1,3}(?:;\d{1,3}){0,4}m/g, '')
      .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
      // Entries of a JSON array on one line.
      .replace(/\},\s{0,20}\{/g, '},\n{')
  );
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#39': "'",
  apos: "'",
  lt: '<',
  gt: '>',
  amp: '&',
};

function unescape(all: string, code: string | undefined, letter: string | undefined): string {
  if (code !== undefined) return character(code);
  if (letter === undefined) return all.startsWith('\\') ? '\\' : all;
  if (letter === 'n' || letter === 'r') return '\n';
  return letter === 't' ? ' ' : letter;
}

function character(code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16));
}

/** What loggers put in front of a message, with the level where they tell it. */
const prefixes: readonly RegExp[] = [
  /^\s*\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d| UTC)?\]?\s+/,
  /^\s*\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?\s+/,
  // syslog, klog, logrus, GitHub Actions and Azure Pipelines, App Service, buildkit, compose
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,100} \S{1,100}: /,
  /^(?<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9}\s+\d{1,8} \S{1,80}\] /,
  /^time="[^"]{0,60}" level=(?<level>\w{1,10}) (?:msg=)?/,
  /^(?<level>FATA|ERRO|WARN|INFO|DEBU|TRAC)\[\d{1,8}\] ?/,
  /^##\[(?<level>error|warning|debug|section|command)\]/,
  /^::(?<level>error|warning|notice|debug)\b[^:]{0,200}::/,
  /^\[?(?<level>ERROR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL)\]?(?:\s{1,4}[-:]|:| -)?\s{1,4}/,
  /^\s*(?<level>Normal|Warning)\s+(?=[A-Z])/,
  /^#\d{1,4} (?:\d{1,6}\.\d{1,3} )?/,
  /^[\w.-]{1,60}\s{1,20}\| /,
];

function withoutPrefix(line: string): { readonly level?: string; readonly rest: string } {
  let rest = line;
  let level: string | undefined;
  // A collector of logs puts its own prefix before that of the program.
  for (let depth = 0; depth < 4; depth++) {
    const match = prefixes.map((prefix) => prefix.exec(rest)).find((found) => found !== null);
    if (!match) break;
    rest = rest.slice(match[0].length);
    level = match.groups?.['level'] ?? level;
  }
  return { level, rest };
}

/** How a message begins, whatever stands before it; also the age in a row of `kubectl get events`. */
const beginnings: readonly RegExp[] = [
  /^\s*(?:error\b|err:|failed|warning|fatal|trying |pull|unauthorized:|denied:|toomanyrequests:|time=)/i,
  /^\s*(?:docker|podman|nerdctl|ctr|crictl|skopeo|oras|helm|buildctl|curl|az): /,
  /^\s*(?:[*$>] |=> |\{"|\d{1,4}[smhd](?:\d{1,2}[smh])?\s)/,
];
/** A row of `kubectl describe` (`Image:   …`), a key of YAML, an object of JSON: what stands apart is not one message. */
const property = /^\s*[A-Z][\w ()-]{0,40}:(?:\s|$)|^\s{2,}(?:- )?[\w.-]{1,60}:(?:\s|$)|^\s*(?:"[\w.-]{1,60}": )?[{[]$/;

/** Of a trace of Go: `github.com/owner/package.(*Type).method`. */
const frame = /^\s*[\w-]{1,60}\.[\w.-]{1,60}(?:\/[\w.@-]{1,100}){1,12}\.?\(/;

/** Whether a line goes on with the message of the line before. */
function continues(before: string, line: string, lineEnd: LineEnd): boolean {
  if (/^\s*(?:Caused by|--->|at )/.test(line)) return true;
  const end = before.trimEnd();
  const isOpen = /[:,(=[{]$/.test(end);
  // In a chain of errors each may begin as a message does.
  if (isOpen && /^\s*[a-z"'([]/.test(line) && !property.test(line)) return true;
  if (beginnings.some((form) => form.test(line)) || property.test(line) || frame.test(line)) return false;
  if (/^\s*[}\]")]/.test(line) || (/^\s*(?:<|&lt;)/.test(line) && /[<>]|&[lg]t;/.test(before))) return true;
  // Also between a status and its name.
  if (isOpen || /-$|\b[45]\d\d$/.test(end) || /^\s{2,}[a-z"'(]/.test(line)) return true;
  if (lineEnd === 'ended' || /[.!?…"'})\]]$/.test(end)) return false;
  return (lineEnd === 'cut' ? /^\S/ : /^[a-z0-9:,;.'@/_&?=-]/).test(line);
}

/** The list in which kubelet tells its attempts has begun and not ended. */
function isListOpen({ text }: LogRecord): boolean {
  return (
    text.length < maxList && /\bimage "[^"]{1,500}": \[/.test(text) && text.lastIndexOf('[') > text.lastIndexOf(']')
  );
}
