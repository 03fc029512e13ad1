/** A built-in role as far as registries are concerned. */
export interface Role {
  /** GUID of the role definition; the same in every cloud. */
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
  /**
   * In which permission mode the role gives access to repositories: `abac` = only after the switch to
   * AbacRepositoryPermissions, `legacy` = only before it, `both`.
   */
  readonly honouredIn: 'both' | 'abac' | 'legacy';
}

const registries = 'Microsoft.ContainerRegistry/registries';
const read = [`${registries}/repositories/metadata/read`, `${registries}/repositories/content/read`];
const write = [`${registries}/repositories/metadata/write`, `${registries}/repositories/content/write`];
const remove = [`${registries}/repositories/metadata/delete`, `${registries}/repositories/content/delete`];

/**
 * GUIDs and permissions: MicrosoftDocs/azure-docs `articles/role-based-access-control/built-in-roles/containers.md` @0088bfa7 and
 * `…/general.md`; what the switch to ABAC changes: the registry's ABAC page (Owner, Contributor and Reader keep only the
 * control plane; AcrPull, AcrPush and AcrDelete are ignored).
 */
export const roles = {
  repositoryReader: {
    id: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
    name: 'Container Registry Repository Reader',
    actions: [],
    dataActions: read,
    honouredIn: 'abac',
  },
  repositoryWriter: {
    id: '2a1e307c-b015-4ebd-883e-5b7698a07328',
    name: 'Container Registry Repository Writer',
    actions: [],
    dataActions: [...read, ...write],
    honouredIn: 'abac',
  },
  repositoryContributor: {
    id: '2efddaa5-3f1f-4df3-97df-af3f13818f4c',
    name: 'Container Registry Repository Contributor',
    actions: [],
    dataActions: [...read, ...write, ...remove],
    honouredIn: 'abac',
  },
  catalogLister: {
    id: 'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
    name: 'Container Registry Repository Catalog Lister',
    actions: [],
    dataActions: [`${registries}/catalog/read`],
    honouredIn: 'abac',
  },
  acrPull: {
    id: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
    name: 'AcrPull',
    actions: [`${registries}/pull/read`],
    dataActions: [],
    honouredIn: 'legacy',
  },
  acrPush: {
    id: '8311e382-0749-4cb8-b61a-304f252e45ec',
    name: 'AcrPush',
    actions: [`${registries}/pull/read`, `${registries}/push/write`],
    dataActions: [],
    honouredIn: 'legacy',
  },
  acrDelete: {
    id: 'c2f4ef07-c644-48eb-af81-4b1b4947fb11',
    name: 'AcrDelete',
    actions: [`${registries}/artifacts/delete`],
    dataActions: [],
    honouredIn: 'legacy',
  },
  owner: {
    id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    name: 'Owner',
    actions: ['*'],
    dataActions: [],
    honouredIn: 'legacy',
  },
  contributor: {
    id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    name: 'Contributor',
    actions: ['*'],
    dataActions: [],
    honouredIn: 'legacy',
  },
  reader: {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    name: 'Reader',
    actions: ['*/read'],
    dataActions: [],
    honouredIn: 'legacy',
  },
} as const satisfies Record<string, Role>;

/** What the roles that a switch to ABAC ends are replaced by. */
export const replacingRoles: readonly Role[] = [
  roles.repositoryReader,
  roles.repositoryWriter,
  roles.repositoryContributor,
  roles.catalogLister,
];

const byId = new Map<string, Role>(Object.values(roles).map((role) => [role.id, role]));

/** The role with this definition GUID (any casing), or undefined for roles this product has nothing to say about. */
export function roleById(guid: string): Role | undefined {
  return byId.get(guid.toLowerCase());
}
