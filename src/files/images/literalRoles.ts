/** What a text of Bicep, an ARM template or Terraform is by its place. */
export type LiteralRole =
  /** An image. */
  | 'image'
  /** An image behind `DOCKER|`, as App Service has it. */
  | 'webImage'
  /** Not an image that is pulled, though it looks like one: the sides of a cache rule, what is built or pushed. */
  | 'never'
  /** An image, if it looks like one and its host is known to be a registry. */
  | 'any';

const containerLists = new Set(['containers', 'initcontainers', 'ephemeralcontainers']);

/**
 * The role of a text in a resource of Azure. `type`: in lower case. `keys`: from the resource's body, in lower case, `[]` for an item
 * of a list. Properties: https://learn.microsoft.com/azure/templates
 */
export function azureRole(type: string, keys: readonly string[]): LiteralRole {
  if (/^microsoft\.containerregistry\/registries\/(cacherules|credentialsets)$/.test(type)) return 'never';
  // What a task of the registry builds and pushes.
  if (type.startsWith('microsoft.containerregistry/registries/') && keys.includes('imagenames')) return 'never';
  const key = keys.at(-1) ?? '';
  // `Microsoft.Resources/deployments` could be a reference.
  if (key === 'type') return 'never';
  if (keys[0] === 'tags') return 'any';
  if (key === 'image' && keys.at(-2) === '[]' && containerLists.has(keys.at(-3) ?? '')) return 'image';
  if (type.startsWith('microsoft.containerinstance/') || type.startsWith('microsoft.app/'))
    return key === 'image' ? 'image' : 'any';
  if (type.startsWith('microsoft.web/')) {
    if (key === 'linuxfxversion' || key === 'windowsfxversion') return 'webImage';
    return key === 'image' ? 'image' : 'any';
  }
  if (type.startsWith('microsoft.batch/')) {
    const isImage = key === 'imagename' || (key === '[]' && keys.at(-2) === 'containerimagenames');
    return isImage && keys.some((outer) => outer.startsWith('container')) ? 'image' : 'any';
  }
  return 'any';
}

/** Types of Terraform whose `image` is one of a container, not of a virtual machine. */
const containerResource = /^(azurerm_container_|kubernetes_|docker_|aws_ecs_|google_cloud_run|nomad_)|_container/;
const containerBlocks = new Set([...containerLists, 'container', 'init_container']);

/**
 * The role of a text in a resource of Terraform. `keys`: names of blocks and attributes, `[]` for an item of a list. `builds`: the
 * resource has a block `build`.
 */
export function terraformRole(type: string, keys: readonly string[], builds: boolean): LiteralRole {
  if (/^azurerm_container_registry_(cache_rule|credential_set)$/.test(type)) return 'never';
  const key = keys.at(-1) ?? '';
  if (type === 'azurerm_container_registry_task') return keys.includes('image_names') ? 'never' : 'any';
  if (type === 'docker_registry_image' || (type === 'docker_image' && builds))
    return key === 'name' || keys.includes('tag') ? 'never' : 'any';
  if (type === 'docker_image') return key === 'name' ? 'image' : 'any';
  if (key !== 'image') return key === 'linux_fx_version' || key === 'windows_fx_version' ? 'webImage' : 'any';
  const isInContainer = keys.slice(0, -1).some((outer) => containerBlocks.has(outer.toLowerCase()));
  return isInContainer || containerResource.test(type) ? 'image' : 'any';
}
