import type { ImageReference } from '../../../domain/types.ts';
import { causeOf } from './causes/table.ts';
import { correlationIdOf, hostOf, ruleWordsOf, statusOf, withoutEngine, withoutSource } from './facts.ts';
import { dockerHub, isWellKnownHost, registryHost, vendorOf } from './hosts.ts';
import { bestImage, type FoundImage, imagesOf } from './imagesOf.ts';
import { type LogRecord, readLogRecords } from './logRecords.ts';
import type { Cause, PullFailure, Vendor } from './types.ts';

/** The failure that a text is about. */
export interface ReadFailure {
  readonly failure: PullFailure;
  /** The row of the table; absent: none of it holds. */
  readonly cause?: Cause;
  /** The same image came in the end. */
  readonly wasPulledLater: boolean;
  readonly ruleName?: string;
  readonly source?: string;
  readonly correlationId?: string;
}

/** A message with what it says by itself. */
interface Message {
  readonly record: LogRecord;
  /** The words of its decisive attempt. */
  readonly words: string;
  readonly images: readonly FoundImage[];
  readonly image?: ImageReference;
  readonly isSuccess: boolean;
  readonly failure: PullFailure;
  /** Absent: it tells of no failure. */
  readonly cause?: Cause;
}

interface FailedMessage extends Message {
  readonly index: number;
  readonly cause: Cause;
  /** It is tried again, or can only fail: another failure says more. */
  readonly isMinor: boolean;
}

type IsKnown = (host: string) => boolean;

/**
 * Finds the failure in what a client printed: the last one that stayed, with its own registry, image, status and words.
 * `loginServers`: of registries that Azure named.
 */
export function readFailure(text: string, loginServers: readonly string[]): ReadFailure {
  const hosts = new Set(loginServers.map((server) => registryHost(server)));
  const isKnown = (host: string): boolean => hosts.has(host);
  const messages = readLogRecords(text).map((record) => read(record, isKnown));
  const failures = messages.flatMap((_, index) => failedMessage(messages, index, isKnown) ?? []);
  const successes = messages.flatMap((message, index) => {
    const image = message.isSuccess ? (message.image ?? imageNear(messages, index, undefined)) : undefined;
    return image ? [{ index, image }] : [];
  });
  const lasting = failures.filter(
    ({ index, image }) => !successes.some((success) => success.index > index && isSame(success.image, image)),
  );
  const chosen = choose(lasting) ?? choose(failures);
  if (!chosen) return nothingKnown(messages, isKnown);
  const { failure, cause, record } = chosen;
  const around = neighbours(messages, chosen).map(({ record: other }) => other.text);
  const correlationId = [failure.text, record.text, ...around].map(correlationIdOf).find((id) => id !== undefined);
  return {
    failure,
    cause,
    wasPulledLater: lasting.length === 0,
    ...ruleWordsOf(failure.text),
    correlationId,
  };
}

/** Of several images the last that failed. What is tried again or only follows, or is vague, stands where nothing says more. */
function choose(failures: readonly FailedMessage[]): FailedMessage | undefined {
  return (
    failures.findLast(({ isMinor, cause }) => !isMinor && !cause.isVague) ??
    failures.findLast(({ cause }) => !cause.isVague) ??
    failures.at(-1)
  );
}

function read(record: LogRecord, isKnown: IsKnown): Message {
  const { text, otherText } = record;
  const images = [...imagesOf(text, isKnown), ...(otherText === undefined ? [] : imagesOf(otherText, isKnown))];
  const image = bestImage(images, text);
  const isSuccess = successWords.test(text);
  const words = decisiveAttempt(text);
  // Where a line broke inside of a word, only the other way of joining has it.
  const failure = failureOf(
    otherText === undefined ? words : `${words}\n${decisiveAttempt(otherText)}`,
    image,
    isKnown,
  );
  const cause = isSuccess ? undefined : causeOf(failure);
  return { record, words, images, isSuccess, failure, image, cause };
}

const successWords =
  /successfully pulled|\b(?:downloaded newer image|image is up to date) for\b|already present on machine|pull image successful|writing manifest to image destination|^Pulled: /i;

/** Between the attempts that kubelet lists as one error. */
const nextAttempt = /,\s{1,3}(?=rpc error: code =|failed to pull and unpack image|Error response from daemon:)/;
const anonymous = /\banonymous(?:ly)?\b/i;

/**
 * Kubelet tries each credential it has and lists what came of them; the attempt without any is only made when the others failed,
 * and is bound to fail in a private registry. The first with a credential tells the cause.
 */
function decisiveAttempt(text: string): string {
  const attempts = text.split(nextAttempt);
  return attempts.length === 1 ? text : (attempts.find((attempt) => !anonymous.test(attempt)) ?? attempts[0] ?? text);
}

const retry = /\bretrying\b|\bwill (?:be )?retr|\bback.?off [\d.]{1,10} \w{1,10} before retry|\btrying next host\b/i;
/** App Service asks once more without credentials after these words, for any registry. */
const withoutCredentials = /Pulling image from Docker hub/i;

function failedMessage(messages: readonly Message[], index: number, isKnown: IsKnown): FailedMessage | undefined {
  const message = messages[index];
  if (!message?.cause) return undefined;
  const { record, words } = message;
  const image = imageOf(messages, index, message);
  // Whose registry it is may change the cause.
  const failure = image === message.image ? message.failure : failureOf(message.failure.text, image, isKnown);
  const isAnonymous =
    anonymous.test(words) ||
    messages.slice(Math.max(0, index - 3), index).some(({ record: { text } }) => withoutCredentials.test(text));
  const isMinor =
    record.isInformation || retry.test(record.text) || (isAnonymous && hasFailedBefore(messages, index, image));
  return { ...message, index, failure, cause: causeOf(failure) ?? message.cause, isMinor, image };
}

function failureOf(words: string, image: ImageReference | undefined, isKnown: IsKnown): PullFailure {
  const text = withoutEngine(words);
  const host = hostOf(withoutSource(text), isKnown);
  return {
    text,
    vendor: vendorOfFailure(text, image, host, isKnown),
    status: statusOf(text),
    host,
    image,
  };
}

function vendorOfFailure(
  text: string,
  image: ImageReference | undefined,
  host: string | undefined,
  isKnown: IsKnown,
): Vendor {
  // A name without a registry is Docker Hub's, for every client that is known.
  if (image) return vendorOf(image.host ?? dockerHub, isKnown);
  if (host !== undefined && isWellKnownHost(host, isKnown)) return vendorOf(host, isKnown);
  if (/aka\.ms\/acr|\bcorrelation.?(?:request.)?id\b|\bcache rule\b|\bAAD\b|\bACR\b|\baz acr\b/i.test(text))
    return 'azure';
  if (/\bdocker hub\b|\byour (?:unauthenticated )?pull rate limit\b|: incorrect username or password/i.test(text))
    return 'dockerHub';
  return host === undefined ? 'unknown' : 'other';
}

/** How many messages before a failure may tell which image it was. */
const lookBack = 40;
const lookAhead = 5;
const ofFailure = /\bback-?off\b|fail|error|ErrImage/i;

/** The image of a failure, with the tag where only another message has it. */
function imageOf(messages: readonly Message[], index: number, message: Message): ImageReference | undefined {
  const { image, failure } = message;
  if (image && (image.tag !== undefined || image.digest !== undefined)) return image;
  const near = imageNear(messages, index, image?.host ?? failure.host);
  return !image || (near && isSame(near, image)) ? near : image;
}

/** The image of the pull that a message belongs to: the last one named before it that had not come already, else one named after. */
function imageNear(messages: readonly Message[], index: number, host: string | undefined): ImageReference | undefined {
  const finished = new Set<string>();
  const isMeant = (message: Message | undefined): message is Message & { image: ImageReference } => {
    if (!message?.image || message.isSuccess || !message.images.some(isPlaced)) return false;
    return !finished.has(keyOf(message.image)) && (host === undefined || (message.image.host ?? dockerHub) === host);
  };
  for (let at = index - 1; at >= Math.max(0, index - lookBack); at--) {
    const message = messages[at];
    if (isMeant(message)) return message.image;
    if (message?.isSuccess && message.image) finished.add(keyOf(message.image));
  }
  // Behind a failure another pull may begin.
  const after = messages.slice(index + 1, index + 1 + lookAhead).filter(({ record }) => ofFailure.test(record.text));
  return after.find(isMeant)?.image;
}

/** Not only mentioned. */
function isPlaced({ place }: FoundImage): boolean {
  return place !== 'mentioned';
}

function keyOf({ host = '', repository, tag = '', digest = '' }: ImageReference): string {
  return `${host}/${repository}:${tag}@${digest}`;
}

function isSame(a: ImageReference | undefined, b: ImageReference | undefined): boolean {
  if (!a || !b) return true;
  const isTagSame = a.tag === undefined || b.tag === undefined || a.tag === b.tag;
  return a.repository === b.repository && a.host === b.host && isTagSame;
}

function hasFailedBefore(messages: readonly Message[], index: number, image: ImageReference | undefined): boolean {
  return messages
    .slice(Math.max(0, index - lookBack), index)
    .some((before) => before.cause && !anonymous.test(before.words) && isSame(before.image, image));
}

/** What stands next to a failure and is not another image's: a correlation id may be on its own line. */
function neighbours(messages: readonly Message[], { index, image }: FailedMessage): Message[] {
  const isOwn = (message: Message): boolean => !message.isSuccess && isSame(message.image, image);
  return [...messages.slice(index + 1, index + 9), ...messages.slice(Math.max(0, index - 3), index).reverse()].filter(
    isOwn,
  );
}

/** No cause: what can be found all the same. */
function nothingKnown(messages: readonly Message[], isKnown: IsKnown): ReadFailure {
  const all = messages.map(({ record }) => record.text).join('\n');
  const came = new Set(messages.flatMap(({ isSuccess, image }) => (isSuccess && image ? keyOf(image) : [])));
  const open = messages.filter(({ image }) => image && !came.has(keyOf(image)));
  const image = onlyImage(open.filter(({ record, images }) => ofFailure.test(record.text) || images.some(isPlaced)));
  const correlationId = correlationIdOf(all);
  return {
    failure: failureOf(all, image, isKnown),
    wasPulledLater: false,
    ...ruleWordsOf(all),
    correlationId,
  };
}

/** Of several it is not certain which is meant. */
function onlyImage(messages: readonly Message[]): ImageReference | undefined {
  const images = messages.flatMap(({ image }) => image ?? []);
  const last = images.at(-1);
  return images.every((image) => isSame(image, last)) ? last : undefined;
}
