import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerAll } from '../../../tools/answers.ts';

interface Explained {
  readonly code: string;
  readonly image: string | null;
  readonly rule: string | null;
  readonly correlationId: string | null;
  readonly mayPass: boolean;
  readonly advice: string;
}

/** What clients print, in the shapes of public reports; hosts, names and ids are invented. One a line. */
interface Case {
  /** Kind of fault that the text is about. */
  readonly kind: string;
  readonly name: string;
  readonly input: string;
  /** `[loginServer, name, source, target]` */
  readonly rules?: readonly (readonly string[])[];
  /** null: none may be named. Absent: not looked at. */
  readonly check: {
    readonly code?: readonly string[];
    readonly image?: string | null;
    readonly rule?: string | null;
    readonly corr?: string | null;
    readonly mayPass?: boolean;
    readonly adviceMatches?: string;
    readonly adviceMustNotMatch?: string;
  };
}

const acr = '.azurecr.io';
const usualRules = [
  [`shop${acr}`, 'hub', 'docker.io/library/*', 'hub/*'],
  [`shop${acr}`, 'platform-rule', `base${acr}/platform/*`, 'platform/*'],
  [`base${acr}`, 'own', 'ghcr.io/base/*', 'ghcr/*'],
];

const cases = readFileSync(join(import.meta.dirname, '../../../cases/pull-errors.jsonl'), 'utf8')
  .replaceAll('{acr}', acr)
  .replaceAll('{hex}', '0123456789abcdef'.repeat(4))
  .trim()
  .split('\n')
  .map((line): Case => ({ rules: usualRules, ...(JSON.parse(line) as Case) }));

/** As `npm run -s say -- explain` answers. */
function explain(entry: { readonly input: string; readonly rules?: Case['rules'] }): Explained {
  return answerAll('explain', [entry])[0] as Explained;
}

describe('what clients print', () => {
  it.each(cases.map((each) => [each.kind, each.name, each] as const))('%s %s', (_kind, _name, entry) => {
    const { check } = entry;
    const said = explain(entry);
    if (check.code) expect(check.code, said.advice).toContain(said.code);
    if (check.image !== undefined) expect(said.image).toBe(check.image);
    if (check.rule !== undefined) expect(said.rule).toBe(check.rule);
    if (check.corr !== undefined) expect(said.correlationId).toBe(check.corr);
    if (check.mayPass !== undefined) expect(said.mayPass).toBe(check.mayPass);
    if (check.adviceMatches !== undefined) expect(said.advice).toMatch(new RegExp(check.adviceMatches, 'i'));
    if (check.adviceMustNotMatch !== undefined) {
      expect(said.advice).not.toMatch(new RegExp(check.adviceMustNotMatch, 'i'));
    }
  });
});

it('always has words, whatever is pasted', () => {
  const parts = cases.flatMap(({ input }) => input.split(/(?<=\s)/));
  const part = fc.oneof(fc.constantFrom(...parts), fc.string({ unit: 'binary', maxLength: 3 }));
  const pasted = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(pasted, (input) => {
      const { code, advice } = explain({ input, rules: usualRules });
      expect([code, advice.trim()]).not.toContain('');
    }),
  );
});

/** What stands around a failure in real logs, and is about other things. */
const noise = [
  '',
  '2026-11-30T08:59:00Z INFO  - Starting container: mcr.microsoft.com/appsvc/msitokenservice:stage4',
  'Normal   Scheduled  60s  default-scheduler  Successfully assigned default/web to node-1',
  'Pulling image "quay.io/other/thing:1"\nSuccessfully pulled image "quay.io/other/thing:1" in 2s',
  `a3ed95caeb02: Downloading [=====>                      ]  12.34MB/45.6MB\nDigest: sha256:${'a'.repeat(64)}\nStatus: Downloaded newer image for quay.io/other/thing:1`,
  'Labels:           app.kubernetes.io/name=web\nTolerations:      node.kubernetes.io/not-ready:NoExecute op=Exists for 300s',
  '##[section]Starting: Build\n##[command]/usr/bin/git version\nhttps://github.com/owner/name/actions/runs/1',
  '{"level":"info","msg":"listening","addr":":8080"}',
  '##[error]Process completed with exit code 1.',
  '2026-11-30T09:59:00Z INFO  - Stopping site web because it failed during startup.',
  '  Warning  Failed     5s (x4 over 58s)   kubelet            Error: ImagePullBackOff',
  'github.com/spf13/cobra.(*Command).execute\n\t/go/pkg/mod/github.com/spf13/cobra@v1.8.0/command.go:983',
  'make: *** [Makefile:12: up] Error 1',
];

describe('a failure among other messages', () => {
  it('is explained as it is alone', () => {
    const around = fc.constantFrom(...noise);
    fc.assert(
      fc.property(fc.constantFrom(...cases), around, around, ({ input: text, rules }, before, after) => {
        const { code, image, rule, correlationId } = explain({ input: text, rules });
        const input = [before, text, after].filter(Boolean).join('\n');
        expect(explain({ input, rules })).toMatchObject({ code, image, rule, correlationId });
      }),
      { numRuns: 500 },
    );
  });
});
