import * as l10n from '@vscode/l10n';

/** What a finding of a plan is about, in a few words, for a row; its sentences say the rest. */
export function findingTitle(code: string): string {
  switch (code) {
    case 'right':
      return l10n.t('You lack a permission');
    case 'rightDenied':
      return l10n.t('A deny assignment keeps you from a step');
    case 'rightUnknown':
    case 'denialUnknown':
    case 'denialsUnread':
      return l10n.t('Your permissions could not be checked in full');
    case 'cycle':
      return l10n.t('The registries would cache from each other');
    case 'targetExists':
      return l10n.t('The target repository exists already');
    case 'targetUnknown':
      return l10n.t('The target repository could not be checked');
    case 'sourceMissing':
      return l10n.t('A source repository was not found');
    case 'sourceUnknown':
      return l10n.t('A source repository could not be checked');
    case 'tenant':
      return l10n.t('The registries are in different tenants');
    case 'identityTenant':
      return l10n.t('The identity belongs to another tenant');
    case 'ruleLimit':
      return l10n.t('The registry has too many cache rules');
    case 'registryGone':
    case 'registryState':
    case 'registryTier':
    case 'registryUnreadable':
      return l10n.t('A registry is not ready');
    case 'loginServer':
      return l10n.t('A login server is not as expected');
    case 'cloud':
      return l10n.t('This cloud may not support cache rules');
    case 'featureFlag':
      return l10n.t('A preview feature may be needed');
    case 'downstreamNetwork':
    case 'upstreamNetwork':
      return l10n.t('The network of a registry may block pulls');
    case 'softDelete':
      return l10n.t('Soft delete is on in a registry');
    case 'affectedUnknown':
      return l10n.t('Who loses access could not be read');
    case 'replacementLeft':
      return l10n.t('Someone needs new roles from somewhere else');
    case 'temporaryLeft':
      return l10n.t('A temporary role stops giving access to images');
    case 'temporaryUnknown':
      return l10n.t('Not everything about role assignments could be read');
    default:
      return l10n.t('The setup does not fit together');
  }
}
