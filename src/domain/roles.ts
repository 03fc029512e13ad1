/** A built-in role as far as registries are concerned. */
export interface Role {
  /** GUID of the role definition; the same in every cloud. */
  readonly id: string;
  readonly name: string;
}

/** GUIDs: MicrosoftDocs/azure-docs `articles/role-based-access-control/built-in-roles/containers.md` @0088bfa7 and `…/general.md`. */
export const roles = {
  repositoryReader: { id: 'b93aa761-3e63-49ed-ac28-beffa264f7ac', name: 'Container Registry Repository Reader' },
  repositoryWriter: { id: '2a1e307c-b015-4ebd-883e-5b7698a07328', name: 'Container Registry Repository Writer' },
  repositoryContributor: {
    id: '2efddaa5-3f1f-4df3-97df-af3f13818f4c',
    name: 'Container Registry Repository Contributor',
  },
  catalogLister: {
    id: 'bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7',
    name: 'Container Registry Repository Catalog Lister',
  },
  acrPull: { id: '7f951dda-4ed3-4680-a7ca-43fe172d538d', name: 'AcrPull' },
  acrPush: { id: '8311e382-0749-4cb8-b61a-304f252e45ec', name: 'AcrPush' },
  acrDelete: { id: 'c2f4ef07-c644-48eb-af81-4b1b4947fb11', name: 'AcrDelete' },
  owner: { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner' },
  contributor: { id: 'b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor' },
  reader: { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader' },
} as const satisfies Record<string, Role>;

/** What the roles that a switch to ABAC ends are replaced by, the weakest first. */
export const replacingRoles: readonly Role[] = [
  roles.repositoryReader,
  roles.repositoryWriter,
  roles.repositoryContributor,
  roles.catalogLister,
];

/** A role that gives access to images only while a registry is in RBAC mode. */
export interface LostRole {
  readonly role: Role;
  /** The repository role that gives the same in ABAC mode. */
  readonly replacement: Role;
  /** It let repositories be listed, which needs Catalog Lister then. */
  readonly lists: boolean;
  /** It gives access to images and nothing else. */
  readonly isForImages: boolean;
}

/**
 * What a switch to ABAC takes away: AcrPull, AcrPush and AcrDelete are ignored, Owner, Contributor and Reader keep only the control
 * plane. Replacements: Microsoft's migration steps (the registry's ABAC page).
 */
export const lostRoles: readonly LostRole[] = [
  { role: roles.acrPull, replacement: roles.repositoryReader, lists: true, isForImages: true },
  { role: roles.acrPush, replacement: roles.repositoryWriter, lists: true, isForImages: true },
  { role: roles.acrDelete, replacement: roles.repositoryContributor, lists: false, isForImages: true },
  { role: roles.owner, replacement: roles.repositoryContributor, lists: true, isForImages: false },
  { role: roles.contributor, replacement: roles.repositoryContributor, lists: true, isForImages: false },
  { role: roles.reader, replacement: roles.repositoryReader, lists: true, isForImages: false },
];

/** What the switch to ABAC takes from those who have the role with this GUID (any casing). */
export function lossOf(guid: string): LostRole | undefined {
  return lostRoles.find(({ role }) => role.id === guid.toLowerCase());
}

const byId = new Map<string, Role>(Object.values(roles).map((role) => [role.id, role]));

/** Name of the role with this definition GUID; the GUID of one that this extension has nothing to say about. */
export function roleName(guid: string): string {
  return roleById(guid)?.name ?? guid;
}

/** The role with this definition GUID (any casing), or undefined for roles this extension has nothing to say about. */
export function roleById(guid: string): Role | undefined {
  return byId.get(guid.toLowerCase());
}

/** "Repository Reader" of "Container Registry Repository Reader". */
export function shortRoleName(role: string): string {
  return role.replace(/^Container Registry /, '');
}
