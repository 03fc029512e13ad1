import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerAll } from '../../../tools/answers.ts';
import { rules, texts } from './pullErrorTexts.ts';

interface Explained {
  readonly code: string;
  readonly image: string | null;
  readonly rule: string | null;
  readonly correlationId: string | null;
  readonly mayPass: boolean;
  readonly advice: string;
}

/** As `npm run -s say -- explain` answers. */
function explain(entry: object): Explained {
  return answerAll('explain', [entry])[0] as Explained;
}

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly check: {
    readonly code?: readonly string[];
    readonly image?: string | null;
    readonly rule?: string;
    readonly corr?: string;
    readonly mayPass?: boolean;
    readonly adviceMatches?: string;
    readonly adviceMustNotMatch?: string;
  };
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'cases', 'pull-errors.json'), 'utf8'),
) as Case[];

describe('the cases of public reports', () => {
  it.each(cases.map((each) => [each.id, each.kind, each] as const))('%s %s', (_id, _kind, entry) => {
    const { check } = entry;
    const said = explain(entry);
    if (check.code) expect(check.code).toContain(said.code);
    if (check.image !== undefined) expect(said.image).toBe(check.image);
    if (check.rule !== undefined) expect(said.rule).toBe(check.rule);
    if (check.corr !== undefined) expect(said.correlationId).toBe(check.corr);
    if (check.mayPass !== undefined) expect(said.mayPass).toBe(check.mayPass);
    if (check.adviceMatches !== undefined) expect(said.advice).toMatch(new RegExp(check.adviceMatches, 'i'));
    if (check.adviceMustNotMatch !== undefined)
      expect(said.advice).not.toMatch(new RegExp(check.adviceMustNotMatch, 'i'));
  });
});

describe('the same kinds in other words', () => {
  it.each(texts.map((each) => [each.kind, each.name, each] as const))('%s: %s', (_kind, _name, each) => {
    const said = explain({ input: each.text, rules });
    expect([each.code].flat(), said.advice).toContain(said.code);
    if (each.image !== undefined) expect(said.image).toBe(each.image);
    if (each.rule !== undefined) expect(said.rule).toBe(each.rule);
    if (each.correlationId !== undefined) expect(said.correlationId).toBe(each.correlationId);
    if (each.mayPass !== undefined) expect(said.mayPass).toBe(each.mayPass);
    if (each.says) expect(said.advice).toMatch(each.says);
    if (each.doesNotSay) expect(said.advice).not.toMatch(each.doesNotSay);
  });
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
      fc.property(fc.constantFrom(...texts), around, around, ({ text }, before, after) => {
        const { code, image, rule, correlationId } = explain({ input: text, rules });
        const input = [before, text, after].filter(Boolean).join('\n');
        expect(explain({ input, rules })).toMatchObject({ code, image, rule, correlationId });
      }),
      { numRuns: 500 },
    );
  });
});
