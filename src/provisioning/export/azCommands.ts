import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { featureName, featureNamespace } from '../requirements/featureFlag.ts';
import { quote, type ShellLanguage } from './quote.ts';
import type { ExportedLink, Section } from './exportedLink.ts';

/** A command's words and its options, quoted for a shell. */
export interface AzCommand {
  readonly words: readonly string[];
  readonly options?: readonly (readonly string[])[];
}

/** What templates cannot do, as `az` commands, and a sentence that says when to run them. */
export interface Preparation {
  readonly about: string;
  readonly commands: readonly AzCommand[];
}

type PreparationSection = Extract<Section, { kind: 'abacMode' | 'feature' | 'keptAccess' }>;

export function preparationOf(link: ExportedLink, section: PreparationSection, language: ShellLanguage): Preparation {
  const q = (text: string): string => quote(text, language);
  const { id } = link.source;
  switch (section.kind) {
    case 'abacMode': {
      const options = [
        ['--name', q(armIdName(id))],
        ['--resource-group', q(armIdResourceGroup(id))],
        ['--subscription', q(armIdSubscription(id))],
        ['--role-assignment-mode', 'rbac-abac'],
      ];
      return {
        about: l10n.t(
          '{0} must be in ABAC mode. The switch ends AcrPull, AcrPush, AcrDelete and every earlier login there. If that is acceptable:',
          armIdName(id),
        ),
        commands: [{ words: ['az', 'acr', 'update'], options }],
      };
    }
    case 'keptAccess': {
      const { role, principalId, principalType } = section;
      const options = [
        ['--role', q(role.id)],
        ['--assignee-object-id', q(principalId)],
        ['--assignee-principal-type', principalType],
        ['--scope', q(id)],
      ];
      return {
        about: l10n.t('Before the switch to ABAC mode, assign {0} to {1}, which loses access:', role.name, principalId),
        commands: [{ words: ['az', 'role', 'assignment', 'create'], options }],
      };
    }
    case 'feature': {
      const place = ['--subscription', q(armIdSubscription(link.downstream.id))];
      const options = [['--namespace', featureNamespace], ['--name', featureName], place];
      return {
        about: l10n.t('Register the preview feature {0} first:', featureName),
        commands: [
          { words: ['az', 'feature', 'register'], options },
          { words: ['az', 'provider', 'register', '--namespace', featureNamespace, ...place] },
        ],
      };
    }
  }
}

/** The preparation as text: what to do by hand. */
export function preparationNote(link: ExportedLink, section: PreparationSection, language: ShellLanguage): string {
  const { about, commands } = preparationOf(link, section, language);
  return [about, ...commands.map(({ words, options = [] }) => [...words, ...options.flat()].join(' '))].join('\n');
}

/** One command over several lines, an option per line, as in the article. */
export function written({ words, options = [] }: AzCommand, language: ShellLanguage): string {
  const continuation = language === 'bash' ? ' \\\n  ' : ' `\n  ';
  return [words, ...options].map((part) => part.join(' ')).join(continuation);
}
