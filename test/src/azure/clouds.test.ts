import { describe, expect, it } from 'vitest';
import { chinaCloud, cloudFrom, publicCloud, usGovernmentCloud } from '../../../src/azure/clouds.ts';

const custom = {
  name: 'Contoso Stack',
  resourceManagerEndpointUrl: 'https://arm.contoso.example/',
  managementEndpointUrl: 'https://management.contoso.example',
};

describe('clouds', () => {
  it.each([publicCloud, chinaCloud, usGovernmentCloud])(
    '$name is known by its name, whatever else is configured',
    (cloud) => {
      expect(cloudFrom({ ...custom, name: cloud.name })).toEqual(cloud);
      expect(cloud.isCustom).toBe(false);
      for (const url of [cloud.armEndpoint, cloud.portal]) {
        expect(url).toMatch(/^https:\/\/[^/]+$/);
      }
      for (const audience of [cloud.armAudience, cloud.registryAudience]) {
        expect(audience).toMatch(/^https:\/\/[^/]+\/$/);
      }
    },
  );

  it('have their documentation where it is: docs.azure.cn/en-us/container-registry/container-registry-artifact-cache', () => {
    expect([publicCloud, usGovernmentCloud, cloudFrom(custom), chinaCloud].map(({ docs }) => docs)).toEqual([
      ...Array<string>(3).fill('https://learn.microsoft.com/azure'),
      'https://docs.azure.cn',
    ]);
  });

  it('of its own keeps its endpoints, with and without slashes where they belong', () => {
    expect(cloudFrom(custom)).toMatchObject({
      name: 'Contoso Stack',
      armEndpoint: 'https://arm.contoso.example',
      armAudience: 'https://management.contoso.example/',
      registryAudience: publicCloud.registryAudience,
      isCustom: true,
    });
    expect(cloudFrom(custom).registrySuffix).toBeUndefined();
    expect(cloudFrom({ ...custom, managementEndpointUrl: '' }).armAudience).toBe('https://arm.contoso.example/');
  });

  it('take another registry audience by configuration', () => {
    expect(cloudFrom(custom, 'https://registry.contoso.example').registryAudience).toBe(
      'https://registry.contoso.example/',
    );
    expect(cloudFrom({ ...custom, name: publicCloud.name }, 'https://other/').registryAudience).toBe('https://other/');
  });

  it.each(['http://arm.contoso.example', 'ftp://x', ''])(
    'without https are refused: %j',
    (resourceManagerEndpointUrl) => {
      expect(() => cloudFrom({ ...custom, resourceManagerEndpointUrl })).toThrow(/Contoso Stack/);
    },
  );
});
