import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import type { AzureErrorKind } from '../../azure/errors.ts';
import type { RequirementKind } from '../types.ts';

/**
 * What Azure said, and what to do next, in words.
 * Codes: as reported in Azure/acr#747, Azure/ARO-HCP#2639 and #5176, hashicorp/terraform-provider-azurerm#27983, and ARM's own.
 */
export function explainFailure(error: Error, kind?: RequirementKind): string {
  const advice = adviceFor(error, kind);
  return advice ? `${sentence(error.message)} ${advice}` : sentence(error.message);
}

/** The next step after a failure, if there is one that helps. */
function adviceFor(error: Error, kind?: RequirementKind): string | undefined {
  if (!isAzureError(error)) return undefined;
  return adviceByCode(error.code) ?? (error.kind === 'forbidden' ? missingRight(kind) : adviceByKind(error.kind));
}

function adviceByCode(code: string): string | undefined {
  switch (code) {
    case 'CannotCreateCacheRuleWithManagedIdentity':
      return l10n.t(
        'Set up again and agree to register the feature "ArtifactCacheManagedIdentityAuthentication", or register it yourself: az feature register --namespace Microsoft.ContainerRegistry --name ArtifactCacheManagedIdentityAuthentication, then az provider register --namespace Microsoft.ContainerRegistry.',
      );
    case 'TargetRepositoryAlreadyPresentInRegistry':
      return l10n.t(
        'Choose another target, for example with a prefix such as "cache/", or delete the repository there first.',
      );
    case 'TargetRepositoryPrefixMatchesExistingRegistries':
      return l10n.t('Choose a target prefix below which no repository exists yet.');
    case 'PrincipalNotFound':
      return l10n.t('The directory does not know the new identity yet. Wait a minute and set up again.');
    case 'ResourceGroupNotFound':
      return l10n.t('Choose a resource group that exists, or create it first.');
    case 'SubscriptionNotFound':
      return l10n.t('Check that the subscription still exists and that the signed-in account sees it.');
    case 'ScopeLocked':
      return l10n.t('A lock forbids changes there. Remove the lock, then set up again.');
    case 'RequestDisallowedByPolicy':
      return l10n.t('An Azure Policy forbids it. Ask for an exemption, or choose other names or regions.');
    case 'RoleAssignmentLimitExceeded':
      return l10n.t('The subscription has as many role assignments as Azure allows. Remove unused ones.');
    default:
      return undefined;
  }
}

/** Which built-in role gives the right that a step needs (Microsoft, ACR built-in roles directory). */
export function missingRight(kind: RequirementKind | undefined): string {
  switch (kind) {
    case 'identity':
      return l10n.t('Creating identities needs the role "Managed Identity Contributor" on the resource group.');
    case 'roleAssignment':
      return l10n.t(
        'Assigning roles needs "Role Based Access Control Administrator" or "Owner" on the upstream registry. Ask its owner to run this step.',
      );
    case 'abacMode':
      return l10n.t(
        'Switching the permission mode needs "Container Registry Contributor and Data Access Configuration Administrator" on the upstream registry.',
      );
    case 'registrySetting':
      return l10n.t(
        'Changing the settings of a registry needs "Container Registry Contributor and Data Access Configuration Administrator" on it.',
      );
    case 'cacheRule':
    case 'ruleIdentity':
      return l10n.t(
        'Cache rules need "Container Registry Cache Rule Administrator" on the downstream registry and "Managed Identity Operator" on the identity.',
      );
    case 'featureFlag':
      return l10n.t('Registering a feature needs "Contributor" or "Owner" on the subscription.');
    default:
      return l10n.t('Ask for the permission, then try again.');
  }
}

function adviceByKind(kind: AzureErrorKind): string | undefined {
  switch (kind) {
    case 'unauthenticated':
      return l10n.t('Sign in again, then set up again; what is done is kept.');
    case 'network':
      return l10n.t('Check the connection, then set up again; only what is left will be done.');
    case 'throttled':
      return l10n.t('Azure is limiting requests. Wait a few minutes, then set up again.');
    case 'conflict':
      return l10n.t('Something else is changing it, or it is in the way. Set up again to see which.');
    case 'operationFailed':
      return l10n.t('Set up again; if it fails again, give Microsoft support the correlation id.');
    case 'unavailable':
      return l10n.t('The service has a problem. Try again later.');
    default:
      return undefined;
  }
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
