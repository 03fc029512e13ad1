import * as l10n from '@vscode/l10n';
import type { RegistrySettings } from '../../azure/azure.ts';
import type { Registry } from '../../domain/types.ts';
import { readRegistry, rememberRegistry } from '../engine/reads.ts';
import type { Description, Requirement } from '../types.ts';

/** A setting of one registry that a repair brings to the value that artifact cache needs. */
export interface RegistrySetting {
  readonly id: string;
  readonly registryId: string;
  readonly words: Description & { readonly missing: string; readonly stays: string };
  readonly cures?: readonly string[];
  /** Undefined: the registry does not tell, or in a word that is new. Then it is left alone. */
  readonly isSet: (registry: Registry) => boolean | undefined;
  /** The setting as ARM names it, for the evidence. */
  readonly shown: (registry: Registry) => string;
  readonly change: RegistrySettings;
}

export function registrySetting(setting: RegistrySetting): Requirement {
  const { registryId, words } = setting;
  return {
    id: setting.id,
    kind: 'registrySetting',
    needs: [],
    scope: registryId,
    ...(setting.cures ? { cures: setting.cures } : {}),
    overwritesNothing: true,
    describe: () => words,
    async inspect(context) {
      const registry = await readRegistry(context, registryId);
      const evidence = [{ text: setting.shown(registry), resourceId: registry.id }];
      const isSet = setting.isSet(registry);
      if (isSet === undefined)
        return { verdict: 'unknown', reason: l10n.t('{0} does not tell this setting.', registry.name), evidence };
      return isSet
        ? { verdict: 'satisfied', reason: words.done, evidence }
        : { verdict: 'missing', reason: words.missing, evidence };
    },
    async satisfy(context) {
      const { azure, signal } = context;
      rememberRegistry(context, await azure.registries.changeSettings(registryId, setting.change, { signal }));
    },
    revoke: () => Promise.resolve({ gone: false, reason: words.stays }),
    // Only ever part of a repair, which is not exported.
    export: () => undefined,
  };
}
