import * as l10n from '@vscode/l10n';
import { isRegistryHost, parseRepository } from './imageReference.ts';
import { accepted, rejected, type Parsed } from './parsed.ts';
import { shown } from '../common/shown.ts';
import type { RepositoryPattern, SourceRepository } from './types.ts';

/**
 * Reads `app`, `team/*` or `*`. The wildcard stands only as the last segment: the only form Microsoft documents
 * (wildcards-artifact-cache.md). `team/*` does not include `team` itself.
 */
export function parseRepositoryPattern(text: string): Parsed<RepositoryPattern> {
  if (text === '*') return accepted({ kind: 'all' });
  const isPrefix = text.endsWith('/*');
  const path = isPrefix ? text.slice(0, -2) : text;
  if (path.includes('*')) {
    return rejected(
      'pattern.wildcardPosition',
      l10n.t('"{0}": the wildcard "*" can only be the last part, as in "team/*", or stand alone.', shown(text)),
    );
  }
  const parsed = parseRepository(path);
  if (!parsed.ok) return parsed;
  return accepted(
    isPrefix ? { kind: 'prefix', prefix: parsed.value } : { kind: 'repository', repository: parsed.value },
  );
}

export function formatRepositoryPattern(pattern: RepositoryPattern): string {
  if (pattern.kind === 'all') return '*';
  return pattern.kind === 'prefix' ? `${pattern.prefix}/*` : pattern.repository;
}

/** Whether the pattern names this repository. */
export function patternCovers(pattern: RepositoryPattern, repository: string): boolean {
  if (pattern.kind === 'all') return true;
  if (pattern.kind === 'repository') return pattern.repository === repository;
  return isBelow(repository, pattern.prefix);
}

/** Whether every repository that `inner` can name is named by `outer` too. */
export function patternContains(outer: RepositoryPattern, inner: RepositoryPattern): boolean {
  if (inner.kind === 'repository') return patternCovers(outer, inner.repository);
  if (outer.kind === 'all') return true;
  if (inner.kind === 'all' || outer.kind === 'repository') return false;
  return inner.prefix === outer.prefix || isBelow(inner.prefix, outer.prefix);
}

export function samePattern(a: RepositoryPattern, b: RepositoryPattern): boolean {
  return formatRepositoryPattern(a) === formatRepositoryPattern(b);
}

/** Reads a cache rule's source: `host[:port]/app`, `host/team/*` or `host/*`. The host becomes lower case. */
export function parseSourceRepository(text: string): Parsed<SourceRepository> {
  const slash = text.indexOf('/');
  const loginServer = slash < 0 ? text : text.slice(0, slash);
  if (!isRegistryHost(loginServer)) {
    return rejected(
      'source.loginServer',
      l10n.t(
        '"{0}" does not start with a registry\'s login server, as in "upstreamregistry.example/app".',
        shown(text),
      ),
    );
  }
  if (slash < 0) {
    return rejected(
      'source.noRepository',
      l10n.t('"{0}" has a registry but no repository: add "/" and a repository, or "/*".', shown(text)),
    );
  }
  const pattern = parseRepositoryPattern(text.slice(slash + 1));
  return pattern.ok ? accepted({ loginServer: loginServer.toLowerCase(), pattern: pattern.value }) : pattern;
}

export function formatSourceRepository(source: SourceRepository): string {
  return `${source.loginServer}/${formatRepositoryPattern(source.pattern)}`;
}

function isBelow(path: string, prefix: string): boolean {
  return path.length > prefix.length + 1 && path.startsWith(prefix) && path[prefix.length] === '/';
}
