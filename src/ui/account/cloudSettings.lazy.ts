import * as vscode from 'vscode';
import { type CloudEnvironment, chinaCloud, type Cloud, publicCloud, usGovernmentCloud } from '../../azure/clouds.ts';
import { showWarningMessage } from '../shared/messages.ts';

/**
 * The cloud by VS Code's settings, of the user alone: a folder's settings could name any host as Azure, to which tokens would then be
 * sent. esbuild.js puts this in the place of azureauth's `configuredAzureEnv`, which heeds a folder's settings; the names of what both
 * export are azureauth's.
 */
export const CustomCloudConfigurationSection = 'microsoft-sovereign-cloud';

/** Of a workspace: what the user was told of. */
const toldKey = 'account.ignoredCloud';

const settings = ['environment', 'customEnvironment'] as const;

/** @throws Error if the cloud is a custom one without endpoints */
export function getConfiguredAzureEnv(): CloudEnvironment & { readonly isCustomCloud: boolean } {
  switch (userValue('environment')) {
    case 'ChinaCloud':
      return environmentOf(chinaCloud);
    case 'USGovernment':
      return environmentOf(usGovernmentCloud);
    case 'custom': {
      const custom = userValue('customEnvironment');
      if (!isEnvironment(custom)) {
        throw new Error(
          vscode.l10n.t(
            'The custom cloud is not configured. Enter its endpoints in the user setting {0}.',
            `${CustomCloudConfigurationSection}.customEnvironment`,
          ),
        );
      }
      const { managementEndpointUrl, resourceManagerEndpointUrl } = custom;
      // azureauth, unlike us, does without neither.
      return {
        ...custom,
        managementEndpointUrl: managementEndpointUrl || resourceManagerEndpointUrl,
        isCustomCloud: true,
      };
    }
    default:
      return environmentOf(publicCloud);
  }
}

/** VS Code's provider of accounts for the cloud. @throws Error as `getConfiguredAzureEnv` */
export function getConfiguredAuthProviderId(): string {
  return getConfiguredAzureEnv().name === publicCloud.name ? 'microsoft' : 'microsoft-sovereign-cloud';
}

/** The audience of registry tokens that the user names in place of the usual one; undefined: none that can be used. */
export function configuredAudience(): string | undefined {
  const audience = vscode.workspace.getConfiguration('acrCache').get<unknown>('registryAudience');
  return typeof audience === 'string' && /^https:\/\/[^\s]+$/i.test(audience.trim()) ? audience.trim() : undefined;
}

/** A setting of the cloud as the user has it. */
export function userValue(name: (typeof settings)[number]): unknown {
  const found = vscode.workspace.getConfiguration(CustomCloudConfigurationSection).inspect(name);
  return found?.globalValue ?? found?.defaultValue;
}

/** Tells once of each value that the opened workspace sets: whoever wrote it expects that it holds. `told` is of the workspace. */
export async function tellOfIgnoredCloud(told: vscode.Memento): Promise<void> {
  const ignored = ignoredCloud();
  const value = JSON.stringify([...ignored]);
  if (ignored.size === 0 || told.get(toldKey) === value) return;
  await told.update(toldKey, value);
  const open = vscode.l10n.t('Open User Settings');
  const answer = await showWarningMessage(
    vscode.l10n.t(
      'The workspace setting {0} is ignored: it would decide where your Azure tokens are sent.',
      [...ignored.keys()].join(', '),
    ),
    open,
  );
  if (answer === open) await openCloudSettings();
}

/** What the opened workspace sets otherwise than the user, by the names of the settings. */
function ignoredCloud(): ReadonlyMap<string, unknown> {
  const ignored = new Map<string, unknown>();
  for (const name of settings) {
    const found = vscode.workspace.getConfiguration(CustomCloudConfigurationSection).inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue;
    const isOther = value !== undefined && JSON.stringify(value) !== JSON.stringify(userValue(name));
    if (isOther) ignored.set(`${CustomCloudConfigurationSection}.${name}`, value);
  }
  return ignored;
}

/** Shows the user's settings of the cloud. */
export async function openCloudSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openGlobalSettings', {
    query: CustomCloudConfigurationSection,
  });
}

function environmentOf({ name, armEndpoint, armAudience, portal }: Cloud) {
  return {
    name,
    resourceManagerEndpointUrl: `${armEndpoint}/`,
    managementEndpointUrl: armAudience,
    portalUrl: portal,
    isCustomCloud: false,
  };
}

function isEnvironment(value: unknown): value is CloudEnvironment {
  if (typeof value !== 'object' || value === null) return false;
  const custom = value as Partial<Record<keyof CloudEnvironment, unknown>>;
  const { name, resourceManagerEndpointUrl, managementEndpointUrl = '', portalUrl = '' } = custom;
  return [name, resourceManagerEndpointUrl, managementEndpointUrl, portalUrl].every((each) => typeof each === 'string');
}
