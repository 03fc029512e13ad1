import { armErrors } from './errors.ts';

/** A few Azure regions: name, display name, geography. */
export const locations: readonly (readonly [name: string, displayName: string, geography: string])[] = [
  ['eastus', 'East US', 'US'],
  ['eastus2', 'East US 2', 'US'],
  ['westus', 'West US', 'US'],
  ['westus2', 'West US 2', 'US'],
  ['westus3', 'West US 3', 'US'],
  ['centralus', 'Central US', 'US'],
  ['southcentralus', 'South Central US', 'US'],
  ['northeurope', 'North Europe', 'Europe'],
  ['westeurope', 'West Europe', 'Europe'],
  ['germanywestcentral', 'Germany West Central', 'Germany'],
  ['swedencentral', 'Sweden Central', 'Sweden'],
  ['uksouth', 'UK South', 'UK'],
  ['francecentral', 'France Central', 'France'],
  ['southeastasia', 'Southeast Asia', 'Asia Pacific'],
  ['japaneast', 'Japan East', 'Japan'],
  ['australiaeast', 'Australia East', 'Australia'],
];

/** Azure's short name of a region, given that or its display name. @throws ArmError 400 */
export function locationNamed(text: string | undefined): string {
  if (text === undefined)
    throw armErrors.badRequest('LocationRequired', 'The location property is required for this definition.');
  const short = text.toLowerCase().replaceAll(' ', '');
  if (locations.some(([name]) => name === short)) return short;
  const list = locations.map(([name]) => name).join(',');
  throw armErrors.badRequest(
    'LocationNotAvailableForResourceType',
    `The provided location '${text}' is not available. List of available regions is '${list}'.`,
  );
}
