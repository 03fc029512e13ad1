import type { JsonObject } from '../../../sandbox/src/json.ts';
import {
  readTemplate,
  type TemplatePlace,
  type TemplateResource,
} from '../../../sandbox/src/arm/deployments/template.ts';
import type { ArmRest } from './armRest.ts';

/**
 * Deploys a resource group's template as ARM would. Returns what was written, in that order.
 * @throws Error where the template is not one or ARM refuses
 */
export async function deployTemplate(
  rest: ArmRest,
  template: unknown,
  place: TemplatePlace,
  given: JsonObject = {},
): Promise<TemplateResource[]> {
  const written: TemplateResource[] = [];
  await readTemplate(template, place, given, {
    reference: async (id, apiVersion) => (await rest.call('GET', id, apiVersion))['properties'],
    async resource(resource) {
      await rest.call('PUT', resource.id, resource.apiVersion, resource.body);
      written.push(resource);
    },
  });
  return written;
}
