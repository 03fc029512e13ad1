import * as l10n from '@vscode/l10n';

/**
 * Why a rule is left as it is, whoever asks; undefined for every other rule. A network-isolated AKS cluster pulls its system images
 * by a rule of this name, which Microsoft says must not be modified (learn.microsoft.com/azure/aks/concepts-network-isolated).
 * ARM compares names without case.
 */
export function whyManaged(ruleName: string): string | undefined {
  if (ruleName.toLowerCase() !== 'aks-managed-mcr') return undefined;
  return l10n.t(
    'Network-isolated clusters of Azure Kubernetes Service pull their system images through cache rule {0}. Microsoft says that it must not be modified, so this extension does not change or delete it.',
    ruleName,
  );
}
