import { exportRegistry } from '../../../../src/provisioning/export/exportScript.ts';
import type { CacheLink, ExportLanguage } from '../../../../src/provisioning/types.ts';
import { articleLink, subscription } from '../links.ts';

/** All files of an export as one text, for what may be in any of them. */
export function exportedText(links: CacheLink | readonly CacheLink[], language: ExportLanguage): string {
  const files = exportRegistry('mappings' in links ? [links] : links, language);
  return files.map(({ text }) => text).join('\n');
}

/** A link of the whole registry with these texts wherever a name can be. */
export function hostileLink(a: string, b: string, c: string): CacheLink {
  return {
    ...articleLink({ access: 'registry', allowAbacSwitch: true }),
    downstream: { id: `/subscriptions/${subscription}/resourceGroups/g/providers/x/registries/${a}`, loginServer: b },
    source: {
      kind: 'registry',
      id: `/subscriptions/${subscription}/resourceGroups/g/providers/x/registries/${b}`,
      loginServer: a,
    },
    mappings: [
      { ruleName: c, source: { kind: 'repository', repository: b }, target: { kind: 'repository', repository: a } },
    ],
    authentication: {
      kind: 'identity',
      identityId: `/subscriptions/${subscription}/resourceGroups/${b}/providers/x/ids/${c}`,
      create: { location: a },
    },
  };
}
