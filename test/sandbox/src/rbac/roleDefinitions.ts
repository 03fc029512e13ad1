/** A built-in role, as ARM returns it inside a role definition's `properties`. */
export interface RoleDefinition {
  /** GUID; the last segment of the role definition's id. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const registries = 'Microsoft.ContainerRegistry/registries';
const repositories = `${registries}/repositories`;
const secrets = 'Microsoft.KeyVault/vaults/secrets';

function role(
  name: string,
  roleName: string,
  grants: Partial<Omit<RoleDefinition, 'name' | 'roleName' | 'description'>>,
  description = '',
): RoleDefinition {
  return {
    name,
    roleName,
    description,
    actions: grants.actions ?? [],
    notActions: grants.notActions ?? [],
    dataActions: grants.dataActions ?? [],
    notDataActions: grants.notDataActions ?? [],
  };
}

const readContent = [`${repositories}/metadata/read`, `${repositories}/content/read`];
const writeContent = [`${repositories}/metadata/write`, `${repositories}/content/write`];
const deleteContent = [`${repositories}/metadata/delete`, `${repositories}/content/delete`];

/**
 * The built-in roles that matter to registries. The registry roles are those of
 * MicrosoftDocs/azure-docs built-in-roles/containers.md @0088bfa7; Cache Rule Administrator and Reader, absent there, follow the
 * Credential Set roles. Owner, Contributor, Reader, RBAC Administrator and the identity roles: built-in-roles/privileged.md,
 * general.md and identity.md of the same repository.
 */
export const roleDefinitions: readonly RoleDefinition[] = [
  role(
    'b93aa761-3e63-49ed-ac28-beffa264f7ac',
    'Container Registry Repository Reader',
    { dataActions: readContent },
    'Allows for read access to Azure Container Registry repositories, but excluding catalog listing.',
  ),
  role(
    '2a1e307c-b015-4ebd-883e-5b7698a07328',
    'Container Registry Repository Writer',
    { dataActions: [...readContent, ...writeContent] },
    'Allows for read and write access to Azure Container Registry repositories, but excluding catalog listing.',
  ),
  role(
    '2efddaa5-3f1f-4df3-97df-af3f13818f4c',
    'Container Registry Repository Contributor',
    { dataActions: [...readContent, ...writeContent, ...deleteContent] },
    'Allows for read, write, and delete access to Azure Container Registry repositories, but excluding catalog listing.',
  ),
  role(
    'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
    'Container Registry Repository Catalog Lister',
    { dataActions: [`${registries}/catalog/read`] },
    'Allows for listing all repositories in an Azure Container Registry.',
  ),
  role('7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull', { actions: [`${registries}/pull/read`] }, 'acr pull'),
  role(
    '8311e382-0749-4cb8-b61a-304f252e45ec',
    'AcrPush',
    { actions: [`${registries}/pull/read`, `${registries}/push/write`] },
    'acr push',
  ),
  role(
    'c2f4ef07-c644-48eb-af81-4b1b4947fb11',
    'AcrDelete',
    { actions: [`${registries}/artifacts/delete`] },
    'acr delete',
  ),
  role(
    'df87f177-bb12-4db1-9793-a413691eff94',
    'Container Registry Cache Rule Administrator',
    {
      actions: [
        `${registries}/cacheRules/read`,
        `${registries}/cacheRules/write`,
        `${registries}/cacheRules/delete`,
        `${registries}/cacheRules/operationStatuses/read`,
      ],
    },
    "Create, Read, Update, and Delete Cache Rules in Container Registry. This role doesn't grant permissions to manage Credential Sets.",
  ),
  role(
    'c357b964-0002-4b64-a50d-7a28f02edc52',
    'Container Registry Cache Rule Reader',
    { actions: [`${registries}/cacheRules/read`] },
    "Read the configuration of Cache Rules in Container Registry. This permission doesn't grant permission to read Credential Sets.",
  ),
  role('f094fb07-0703-4400-ad6a-e16dd8000e14', 'Container Registry Credential Set Administrator', {
    actions: [
      `${registries}/credentialSets/read`,
      `${registries}/credentialSets/write`,
      `${registries}/credentialSets/delete`,
      `${registries}/credentialSets/operationStatuses/read`,
    ],
  }),
  role('29093635-9924-4f2c-913b-650a12949526', 'Container Registry Credential Set Reader', {
    actions: [`${registries}/credentialSets/read`],
  }),
  role(
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    'Owner',
    { actions: ['*'] },
    'Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.',
  ),
  role(
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Contributor',
    {
      actions: ['*'],
      notActions: [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
      ],
    },
    'Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.',
  ),
  role(
    'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    'Reader',
    { actions: ['*/read'] },
    'View all resources, but does not allow you to make any changes.',
  ),
  role(
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        '*/read',
      ],
    },
    'Manage access to Azure resources by assigning roles using Azure RBAC.',
  ),
  role(
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    'User Access Administrator',
    { actions: ['*/read', 'Microsoft.Authorization/*'] },
    'Lets you manage user access to Azure resources.',
  ),
  role(
    'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59',
    'Managed Identity Contributor',
    {
      actions: [
        'Microsoft.ManagedIdentity/userAssignedIdentities/read',
        'Microsoft.ManagedIdentity/userAssignedIdentities/write',
        'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
        'Microsoft.Authorization/*/read',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
      ],
    },
    'Create, Read, Update, and Delete User Assigned Identity',
  ),
  role(
    'f1a07417-d97a-45cb-824c-7a7467783830',
    'Managed Identity Operator',
    {
      actions: [
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
        'Microsoft.Authorization/*/read',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
      ],
    },
    'Read and Assign User Assigned Identity',
  ),
  role(
    '4633458b-17de-408a-b874-0445c86b69e6',
    'Key Vault Secrets User',
    { dataActions: [`${secrets}/getSecret/action`, `${secrets}/readMetadata/action`] },
    "Read secret contents. Only works for key vaults that use the 'Azure role-based access control' permission model.",
  ),
  role(
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    'Key Vault Secrets Officer',
    {
      actions: ['Microsoft.Authorization/*/read', 'Microsoft.KeyVault/vaults/read'],
      dataActions: [`${secrets}/*`],
    },
    'Perform any action on the secrets of a key vault, except manage permissions.',
  ),
];

/** By GUID or by a role definition id ending in it, in any casing. */
export function roleDefinition(idOrName: string): RoleDefinition | undefined {
  const name = (idOrName.split('/').at(-1) ?? '').toLowerCase();
  return roleDefinitions.find((known) => known.name === name);
}
