import * as l10n from '@vscode/l10n';
import { isRecord } from '../../common/json.ts';
import { sameArmId } from '../../domain/armId.ts';
import { isLoginServer } from '../../domain/imageReference.ts';
import { checkCacheRuleName } from '../../domain/names.ts';
import type { Problem } from '../../domain/parsed.ts';
import { accepted, rejected, type Parsed } from '../../domain/parsed.ts';
import { formatRepositoryPattern, parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { isIdentityId, isRegistryId } from '../../domain/resourceIds.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import type { CacheRule, RepositoryPattern } from '../../domain/types.ts';
import type { AccessForm, CacheLink, LinkAuthentication, LinkSource, RepositoryMapping } from '../types.ts';
import { ruleOf } from './ruleOf.ts';

/** What is wrong with the link in itself, without asking Azure. Empty: nothing. */
export function linkProblems(link: CacheLink): Problem[] {
  const problems: Problem[] = [];
  const add = (code: string, message: string): void => void problems.push({ code, message });

  if (!isRegistryId(link.downstream.id))
    add('link.downstream', l10n.t('"{0}" is not a registry ID.', link.downstream.id));
  if (!isRegistryId(link.source.id)) add('link.upstream', l10n.t('"{0}" is not a registry ID.', link.source.id));
  if (!isIdentityId(link.authentication.identityId))
    add('link.identity', l10n.t('"{0}" is not a managed identity ID.', link.authentication.identityId));
  for (const server of [link.downstream.loginServer, link.source.loginServer]) {
    if (!isLoginServer(server)) add('link.loginServer', l10n.t('"{0}" is not a login server.', server));
  }
  if (sameArmId(link.downstream.id, link.source.id)) {
    add('link.self', l10n.t('A registry cannot cache itself. Choose another upstream.'));
  }
  if (link.mappings.length === 0) add('link.empty', l10n.t('Choose at least one repository to cache.'));
  checkMappings(link, add);
  return problems;
}

function checkMappings(link: CacheLink, add: (code: string, message: string) => void): void {
  const earlier: CacheRule[] = [];
  for (const mapping of link.mappings) {
    const nameProblem = checkCacheRuleName(mapping.ruleName);
    if (nameProblem) add(nameProblem.code, l10n.t('Rule name "{0}": {1}', mapping.ruleName, nameProblem.message));
    for (const pattern of [mapping.source, mapping.target]) {
      const parsed = parseRepositoryPattern(formatRepositoryPattern(pattern));
      if (!parsed.ok) add(parsed.problem.code, parsed.problem.message);
    }
    const source = formatRepositoryPattern(mapping.source);
    const target = formatRepositoryPattern(mapping.target);
    if ((mapping.source.kind === 'repository') !== (mapping.target.kind === 'repository')) {
      add('link.kind', l10n.t('{0} ⇒ {1}: a wildcard can be mapped only to a wildcard.', source, target));
    }
    if (link.access === 'repositoryScope' && (mapping.source.kind !== 'repository' || source.includes('/'))) {
      add(
        'link.repositoryScope',
        l10n.t(
          '{0}: the per-repository scope works only for a single repository without "/" in its name. Use a condition instead.',
          source,
        ),
      );
    }
    if (earlier.some((rule) => rule.name.toLowerCase() === mapping.ruleName.toLowerCase())) {
      add('link.duplicateName', l10n.t('The rule name "{0}" is used twice.', mapping.ruleName));
    }
    const conflict = findTargetConflict(mapping.target, earlier);
    if (conflict)
      add(
        'link.duplicateTarget',
        l10n.t(
          'The target {0} is used twice or overlaps with {1} in this setup. Choose another target.',
          target,
          conflict.rule.targetRepository,
        ),
      );
    earlier.push(ruleOf(link, mapping));
  }
}

/**
 * Reads a link from a file. Nothing in it is trusted: every part is checked, unknown members are dropped; so is who keeps access,
 * which is asked for again.
 */
export function parseCacheLink(value: unknown): Parsed<CacheLink> {
  const link = readLink(value);
  if (!link) return rejected('link.shape', l10n.t('Invalid setup file.'));
  const problem = linkProblems(link)[0];
  return problem ? rejected(problem.code, problem.message) : accepted(link);
}

const maxMappings = 1000;
const accessForms: readonly AccessForm[] = ['condition', 'repositoryScope', 'registry', 'acrPull'];

function readLink(value: unknown): CacheLink | undefined {
  if (!isRecord(value) || !Array.isArray(value['mappings']) || value['mappings'].length > maxMappings) return undefined;
  const downstream = readRegistry(value['downstream']);
  const source = readByKind(value['source'], sourceReaders);
  const authentication = readByKind(value['authentication'], authenticationReaders);
  const access = accessForms.find((form) => form === value['access']);
  const mappings = value['mappings'].map(readMapping);
  if (!downstream || !source || !authentication || !access) return undefined;
  if (!mappings.every((mapping): mapping is RepositoryMapping => mapping !== undefined)) return undefined;
  return {
    downstream,
    source,
    mappings,
    authentication,
    access,
    ...(value['allowAbacSwitch'] === true ? { allowAbacSwitch: true } : {}),
    ...(value['allowFeatureRegistration'] === true ? { allowFeatureRegistration: true } : {}),
  };
}

function readRegistry(value: unknown): { id: string; loginServer: string } | undefined {
  if (!isRecord(value) || !isShortText(value['id']) || !isShortText(value['loginServer'])) return undefined;
  return { id: value['id'], loginServer: value['loginServer'] };
}

/** Another kind of source or sign-in needs a reader of its own. */
const sourceReaders = {
  registry: (value) => {
    const registry = readRegistry(value);
    return registry && { kind: 'registry', ...registry };
  },
} satisfies Readers<LinkSource>;
const authenticationReaders = { identity: readIdentity } satisfies Readers<LinkAuthentication>;

type Readers<T extends { readonly kind: string }> = {
  readonly [Kind in T['kind']]: (value: Fields) => Extract<T, { readonly kind: Kind }> | undefined;
};
type Fields = Readonly<Record<string, unknown>>;

function readByKind<T>(
  value: unknown,
  readers: Readonly<Record<string, (value: Fields) => T | undefined>>,
): T | undefined {
  if (!isRecord(value)) return undefined;
  const { kind } = value;
  return typeof kind === 'string' && Object.hasOwn(readers, kind) ? readers[kind]?.(value) : undefined;
}

function readIdentity({ identityId, create }: Fields): LinkAuthentication | undefined {
  if (!isShortText(identityId)) return undefined;
  if (create === undefined) return { kind: 'identity', identityId };
  if (!isRecord(create) || !isShortText(create['location'])) return undefined;
  return { kind: 'identity', identityId, create: { location: create['location'] } };
}

function readMapping(value: unknown): RepositoryMapping | undefined {
  if (!isRecord(value) || !isShortText(value['ruleName'])) return undefined;
  const source = readPattern(value['source']);
  const target = readPattern(value['target']);
  return source && target ? { ruleName: value['ruleName'], source, target } : undefined;
}

function readPattern(value: unknown): RepositoryPattern | undefined {
  if (!isRecord(value)) return undefined;
  if (value['kind'] === 'all') return { kind: 'all' };
  if (value['kind'] === 'prefix' && isShortText(value['prefix'])) return { kind: 'prefix', prefix: value['prefix'] };
  if (value['kind'] === 'repository' && isShortText(value['repository']))
    return { kind: 'repository', repository: value['repository'] };
  return undefined;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 2048;
}
