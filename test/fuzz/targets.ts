import { join } from 'node:path';
import { formatImageReference, parseImageReference } from '../../src/domain/imageReference.ts';
import { formatSourceRepository, parseSourceRepository } from '../../src/domain/repositoryPattern.ts';
import { findReferences, findRuleDefinitions } from '../../src/files/find.ts';
import { checkRuleFile, type DeployedRules } from '../../src/files/rules/check.ts';
import { runAtOnce } from '../../src/files/slices.ts';
import { readJson } from '../../src/files/syntax/json.ts';
import { readYaml } from '../../src/files/syntax/yaml.ts';
import { assert, checkReferences, checkRuleDefinitions, checkScalars } from './checks.ts';
import { type Seeds, seeds, withFixtures } from './seeds.ts';

/** Something that must bear any input. */
export interface Target {
  readonly name: string;
  readonly seeds: Seeds;
  /** Throws if something is not as it must be. */
  run(text: string): void;
}

const fixtures = join(import.meta.dirname, '..', 'unit', 'files', 'fixtures');

const environment = new Map([
  ['IMAGE', 'upstreamregistry.example/env:1'],
  ['TAG', '2'],
  ['REG', 'host.example'],
]);

const finders = Object.entries(seeds).map(([name, one]): Target => {
  const own = withFixtures(one, fixtures);
  return {
    name,
    seeds: own,
    run(text) {
      const file = { path: own.path, text, ...(name === 'compose' && { environment }) };
      checkReferences(file, runAtOnce(findReferences(file)));
    },
  };
});

const nothingDeployed: DeployedRules = { rulesOf: () => undefined, registryOf: () => undefined };

const ruleReaders = (['bicep', 'armTemplate', 'terraform'] as const).map((kind): Target => {
  const own = withFixtures(seeds[kind], fixtures);
  return {
    name: `${kind}Rules`,
    seeds: own,
    run(text) {
      const rules = runAtOnce(findRuleDefinitions({ path: own.path, text }));
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
      if (!parsed.ok) return;
      const again = parseImageReference(formatImageReference(parsed.value));
      assert(again.ok && JSON.stringify(again.value) === JSON.stringify(parsed.value), 'does not read back');
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
    run: (text) => checkScalars(text, runAtOnce(readYaml(text))),
  },
  {
    name: 'readJson',
    seeds: {
      path: '',
      texts: [...seeds.devcontainer.texts, ...seeds.armTemplate.texts],
      tokens: seeds.armTemplate.tokens,
    },
    run: (text) => checkScalars(text, runAtOnce(readJson(text))),
  },
  ...finders,
  ...ruleReaders,
];
