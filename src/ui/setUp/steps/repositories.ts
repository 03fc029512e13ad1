import * as vscode from 'vscode';
import { formatRepositoryPattern, parseRepositoryPattern, patternCovers } from '../../../domain/repositoryPattern.ts';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { chooseSources, nameTarget, targetTextOf } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { pickMany } from '../../pages/pickMany.ts';
import { type Row, separator, type Typed } from '../../pages/quickInput.ts';
import { icon } from '../../shared/icon.ts';
import { readRepository, registryHosts } from '../typed.ts';
import { suggestWildcards } from '../wildcards.ts';

/** Which repositories of the upstream are cached. */
export const askRepositories: Step = async ({ facts, services }, draft, position) => {
  const { upstream } = draft;
  if (!upstream) return { kind: 'back' };
  let typed = draft;
  let listed: readonly string[] | undefined;
  const isHost = registryHosts(services.inventory.state);
  const answer = await pickMany<RepositoryPattern>(frameOf(position, vscode.l10n.t('Repositories')), {
    placeholder: vscode.l10n.t('Choose repositories, or type a name or a wildcard such as team/*'),
    key: formatRepositoryPattern,
    row: (pattern) => typedRow(pattern, upstream, listed),
    chosen: draft.sources,
    load: async (show) => {
      const repositories = await facts.repositories(upstream);
      listed = facts.isWhole(repositories) ? repositories : undefined;
      show(
        repositoryRows(repositories, (pattern) => pattern),
        noticeOf(repositories, upstream),
      );
    },
    typed: (text) => readTyped(text, upstream, listed, isHost),
    failed: vscode.l10n.t('The repositories of {0} could not be listed: type their names.', upstream.name),
    buttons: [
      {
        icon: 'refresh',
        tooltip: vscode.l10n.t('Reload the repositories'),
        run: () => {
          facts.forget();
          return 'reload';
        },
      },
    ],
    changed: (chosen) => {
      typed = chooseSources(draft, chosen);
    },
  });
  return answerWith(answer, (sources) => chooseSources(draft, sources), typed);
};

/** The one repository, or wildcard, that a rule fetches. Its target stays. */
export const askSource: Step = async ({ facts, services }, draft, position) => {
  const { upstream, sources } = draft;
  const [source] = sources;
  if (!upstream || !source) return { kind: 'back' };
  let listed: readonly string[] | undefined;
  const isHost = registryHosts(services.inventory.state);
  const answer = await pick<string>(frameOf(position, vscode.l10n.t('Source Repository')), {
    placeholder: vscode.l10n.t('Choose a repository, or type a name or a wildcard such as team/*'),
    load: async (show) => {
      const repositories = await facts.repositories(upstream);
      listed = facts.isWhole(repositories) ? repositories : undefined;
      show(repositoryRows(repositories, formatRepositoryPattern), noticeOf(repositories, upstream));
    },
    active: (text) => text === formatRepositoryPattern(source),
    typed(text) {
      const typed = readTyped(text, upstream, listed, isHost);
      return typed && 'value' in typed ? { ...typed, value: formatRepositoryPattern(typed.value) } : typed;
    },
  });
  return answerWith(answer, (text) => {
    const chosen = parseRepositoryPattern(text);
    if (!chosen.ok) return draft;
    return nameTarget(chooseSources(draft, [chosen.value]), chosen.value, targetTextOf(draft, source));
  });
};

function noticeOf(repositories: readonly string[], { name }: Registry): string | undefined {
  if (repositories.length > 0) return undefined;
  return vscode.l10n.t('{0} has no repository yet. Type the name of a future one.', name);
}

/** @param valueOf what a row stands for */
function repositoryRows<T>(repositories: readonly string[], valueOf: (pattern: RepositoryPattern) => T): Row<T>[] {
  if (repositories.length === 0) return [];
  return [
    separator(vscode.l10n.t('Repositories')),
    ...repositories.map((repository) => ({ label: repository, value: valueOf({ kind: 'repository', repository }) })),
    separator(vscode.l10n.t('All below a path, including future ones')),
    ...suggestWildcards(repositories).map((pattern) => ({
      label: formatRepositoryPattern(pattern),
      description: vscode.l10n.t(
        '{0} repositories now',
        repositories.filter((repository) => patternCovers(pattern, repository)).length,
      ),
      value: valueOf(pattern),
    })),
  ];
}

/** A name that the upstream does not have is said to be so at once: a rule for it would have nothing to fetch. */
function typedRow(
  pattern: RepositoryPattern,
  { name }: Registry,
  listed: readonly string[] | undefined,
): Row<RepositoryPattern> {
  const isMissing = listed !== undefined && !listed.some((repository) => patternCovers(pattern, repository));
  return {
    iconPath: isMissing ? icon('warning', 'warning') : icon('edit'),
    label: formatRepositoryPattern(pattern),
    description: isMissing ? vscode.l10n.t('not found in {0}', name) : vscode.l10n.t('as entered'),
    value: pattern,
  };
}

/** A typed text is a repository or a wildcard; of a whole image reference of this registry the repository counts. */
function readTyped(
  text: string,
  upstream: Registry,
  listed: readonly string[] | undefined,
  isHost: (host: string) => boolean,
): Typed<RepositoryPattern> | undefined {
  // Half a login server is not wrong yet.
  if (/[.:]/.test(text) && `${upstream.loginServer}/`.toLowerCase().startsWith(text.toLowerCase())) return undefined;
  const read = readRepository(text, upstream, listed, isHost);
  return read.ok ? { value: read.value, notice: read.notice } : { reason: read.problem.message };
}
