import { namesRuleData } from './ruleData.ts';

/** What a text of Bicep, an ARM template or Terraform is by its place. */
export type LiteralRole =
  /** An image. */
  | 'image'
  /** An image if it has a host; else its registry may be put before it elsewhere. */
  | 'hostedImage'
  /** An image behind `DOCKER|`, as App Service has it. */
  | 'webImage'
  /** Not an image that is pulled, though it looks like one: what is built or pushed, an example. */
  | 'never'
  /** What a cache rule is made of: it, and all that it names, is no image that is pulled. */
  | 'ruleData'
  /** A registry, perhaps with the beginning of a path. */
  | 'registry'
  /** An image, if it looks like one and its host is known to be a registry. */
  | 'any';

const containerLists = new Set([
  'containers',
  'initcontainers',
  'ephemeralcontainers',
  'init_containers',
  'initcontainerstemplate',
]);

/**
 * The role of a text in a resource of Azure. `type`: in lower case. `keys`: from the resource's body, in lower case, `[]` for an item
 * of a list. Properties: https://learn.microsoft.com/azure/templates
 */
export function azureRole(type: string, keys: readonly string[]): LiteralRole {
  if (type === 'microsoft.containerregistry/registries/credentialsets') return 'never';
  if (type === 'microsoft.containerregistry/registries/cacherules')
    return keys.includes('properties') || keys.at(-1) === 'body' ? 'ruleData' : 'never';
  // What a task of the registry builds and pushes.
  if (type.startsWith('microsoft.containerregistry/registries/') && keys.includes('imagenames')) return 'never';
  const key = keys.at(-1) ?? '';
  // `Microsoft.Resources/deployments` could be a reference.
  if (key === 'type') return 'never';
  if (keys[0] === 'tags') return 'any';
  const byNames = roleByNames(keys);
  if (byNames !== 'any' && byNames !== 'hostedImage') return byNames;
  if (key === 'image' && keys.at(-2) === '[]' && containerLists.has(keys.at(-3) ?? '')) return 'image';
  if (type.startsWith('microsoft.containerinstance/') || type.startsWith('microsoft.app/'))
    return key === 'image' ? 'image' : byNames;
  if (type.startsWith('microsoft.web/')) return key === 'image' ? 'image' : byNames;
  if (type.startsWith('microsoft.batch/')) {
    const isImage = key === 'imagename' || (key === '[]' && keys.at(-2) === 'containerimagenames');
    return isImage && keys.some((outer) => outer.startsWith('container')) ? 'image' : byNames;
  }
  return byNames;
}

/** Types of Terraform whose `image` is one of a container, not of a virtual machine. */
const containerResource = /^(azurerm_container_|kubernetes_|docker_|aws_ecs_|google_cloud_run|nomad_)|_container/;
const containerBlocks = new Set([...containerLists, 'container', 'init_container']);

/**
 * The role of a text in a resource of Terraform. `keys`: names of blocks and attributes, `[]` for an item of a list. `builds`: the
 * resource has a block `build`.
 */
export function terraformRole(type: string, keys: readonly string[], builds: boolean): LiteralRole {
  if (type === 'azurerm_container_registry_credential_set') return 'never';
  const byNames = roleByNames(keys);
  if (type === 'azurerm_container_registry_cache_rule') return byNames === 'ruleData' ? byNames : 'never';
  if (byNames !== 'any' && byNames !== 'hostedImage') return byNames;
  const key = keys.at(-1) ?? '';
  if (type === 'azurerm_container_registry_task') return keys.includes('image_names') ? 'never' : 'any';
  if (type === 'docker_registry_image' || (type === 'docker_image' && builds))
    return key === 'name' || keys.includes('tag') ? 'never' : 'any';
  if (type === 'docker_image') return key === 'name' ? 'image' : 'any';
  if (key !== 'image') return 'any';
  const isInContainer = keys.slice(0, -1).some((outer) => containerBlocks.has(outer.toLowerCase()));
  return isInContainer || containerResource.test(type) ? 'image' : byNames;
}

/** Keys that a value stands under besides its name: of lists, of parameters in ARM templates, of variables in Terraform. */
const unnamed = new Set(['[]', 'value', 'defaultvalue', 'default']);
const fxVersion = /^(?:linux|windows)_?fx_?version$/;
const registryName =
  /(?:registry|registries|login_?server|namespace|prefix|^server|_server)(?:_?(?:ur[il]|host|name|path|prefix|server))?$/;

/** The role of a text by what the file calls it and what is around it, in whatever place. `keys`: as for resources. */
export function roleByNames(keys: readonly string[]): LiteralRole {
  if (namesRuleData(keys)) return 'ruleData';
  // Of parameters: examples, descriptions.
  if (keys.includes('metadata')) return 'never';
  const [name, inner, holder] = lastNames(keys);
  // Parameters of a module: `containers: [{ image: … }]`, `containers = { web = { image = … } }`.
  if (name === 'image' && (containerLists.has(inner) || containerLists.has(holder))) return 'hostedImage';
  if (fxVersion.test(name)) return 'webImage';
  return registryName.test(name) ? 'registry' : 'any';
}

/** The last three keys that are names, the innermost first. */
function lastNames(keys: readonly string[]): [string, string, string] {
  const found: [string, string, string] = ['', '', ''];
  for (let at = keys.length - 1, count = 0; at >= 0 && count < found.length; at--) {
    const key = keys[at] ?? '';
    if (!unnamed.has(key)) found[count++] = key;
  }
  return found;
}
