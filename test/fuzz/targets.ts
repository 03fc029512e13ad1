import { join } from 'node:path';
import { parseImageReference } from '../../src/domain/imageReference.ts';
import { formatSourceRepository, parseSourceRepository } from '../../src/domain/repositoryPattern.ts';
import { checkRuleFile } from '../../src/files/rules/check.ts';
import type { DeployedRules } from '../../src/files/rules/types.ts';
import { readJson } from '../../src/files/text/json.ts';
import { readYaml } from '../../src/files/yaml/yaml.ts';
import type { FileKind } from '../../src/files/kinds.ts';
import { assert, checkReferences, checkRuleDefinitions, checkScalars, readsBack } from './checks.ts';
import { finders, ruleReaders } from './finders.ts';
import { type Seeds, seeds, withFixtures } from './seeds.ts';

/** Something that must bear any input. */
export interface Target {
  readonly name: string;
  readonly seeds: Seeds;
  /** Throws if something is not as it must be. */
  run(text: string): void;
}

const fixtures = join(import.meta.dirname, '..', 'src', 'files', 'fixtures');

const finderTargets = (Object.keys(seeds) as FileKind[]).map((kind): Target => {
  const find = finders[kind];
  return {
    name: kind,
    seeds: withFixtures(seeds[kind], fixtures),
    run: (text) => checkReferences(text, find(text), find),
  };
});

const nothingDeployed: DeployedRules = { rulesOf: () => undefined, registryOf: () => undefined };

const ruleTargets = (['bicep', 'armTemplate', 'terraform'] as const).map((kind): Target => {
  return {
    name: `${kind}Rules`,
    seeds: withFixtures(seeds[kind], fixtures),
    run(text) {
      const rules = ruleReaders[kind](text);
      checkRuleDefinitions(text, rules);
      for (const { range } of checkRuleFile(rules, nothingDeployed)) {
        assert(range.start >= 0 && range.start <= range.end && range.end <= text.length, 'a finding outside');
      }
    },
  };
});

const names: Seeds = {
  path: '',
  texts: [
    'upstreamregistry.example/team/app:1.2',
    `[::1]:5000/a/b__c@sha256:${'0'.repeat(64)}`,
    'localhost:5000/x',
    'upstreamregistry.example/team/*',
    'a'.repeat(300),
  ],
  tokens: [
    'a',
    '/',
    ':',
    '@',
    '.',
    '-',
    '_',
    '__',
    '[',
    ']',
    '*',
    'sha256:',
    '0'.repeat(64),
    'localhost',
    ':5000',
    'A',
    '%',
  ],
};

export const targets: readonly Target[] = [
  {
    name: 'parseImageReference',
    seeds: names,
    run(text) {
      const parsed = parseImageReference(text);
      if (parsed.ok) assert(readsBack(parsed.value), 'does not read back');
    },
  },
  {
    name: 'parseSourceRepository',
    seeds: names,
    run(text) {
      const parsed = parseSourceRepository(text);
      if (!parsed.ok) return;
      const again = parseSourceRepository(formatSourceRepository(parsed.value));
      assert(again.ok && JSON.stringify(again.value) === JSON.stringify(parsed.value), 'does not read back');
    },
  },
  {
    name: 'readYaml',
    seeds: {
      path: '',
      texts: [...seeds.compose.texts, ...seeds.kubernetes.texts, ...seeds.helmValues.texts],
      tokens: seeds.compose.tokens,
    },
    run: (text) => checkScalars(text, readYaml(text)),
  },
  {
    name: 'readJson',
    seeds: {
      path: '',
      texts: [...seeds.devcontainer.texts, ...seeds.armTemplate.texts],
      tokens: seeds.armTemplate.tokens,
    },
    run: (text) => checkScalars(text, readJson(text)),
  },
  ...finderTargets,
  ...ruleTargets,
];
