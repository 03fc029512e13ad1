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
