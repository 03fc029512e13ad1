import * as l10n from '@vscode/l10n';
import { isLoginServer, isTag } from './imageReference.ts';
import { accepted, rejected, type Parsed } from './parsed.ts';
import { parseRepositoryPattern } from './repositoryPattern.ts';
import { shown } from '../common/shown.ts';

export type ClientName = 'docker' | 'podman' | 'nerdctl';

/**
 * `docker pull host/team/app:1`, a line for a shell. What the reader has to choose is `<repository>` for a wildcard of `target`, and
 * `<tag>` without a `tag`. Rejected unless each part is by the reference grammar, which has no character that a shell obeys: what
 * Azure has as a name may be anything, and people paste the line.
 */
export function pullCommand(client: ClientName, loginServer: string, target: string, tag?: string): Parsed<string> {
  if (!isLoginServer(loginServer)) {
    return rejected(
      'pullCommand.loginServer',
      l10n.t('There is no pull command: "{0}" is not a registry host.', shown(loginServer)),
    );
  }
  const pattern = parseRepositoryPattern(target);
  if (!pattern.ok) {
    return rejected(
      pattern.problem.code,
      l10n.t('There is no pull command, since the target is not a repository name. {0}', pattern.problem.message),
    );
  }
  if (tag !== undefined && !isTag(tag)) {
    return rejected('pullCommand.tag', l10n.t('There is no pull command: "{0}" is not a tag.', shown(tag)));
  }
  const { value } = pattern;
  const repository =
    value.kind === 'repository'
      ? value.repository
      : value.kind === 'prefix'
        ? `${value.prefix}/<repository>`
        : '<repository>';
  return accepted(`${client} pull ${loginServer}/${repository}:${tag ?? '<tag>'}`);
}
