import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { holds } from './whenClause.ts';

interface Entry {
  readonly command?: string;
  readonly submenu?: string;
  readonly when: string;
  readonly group: string;
}

const { contributes } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../../../package.json'), 'utf8'),
) as { contributes: { menus: Record<string, Entry[]>; submenus: { id: string }[] } };

function entries(menu: string, viewItem: string): Entry[] {
  return (contributes.menus[menu] ?? []).filter(({ when }) => holds(when, { view: 'acrCache.registries', viewItem }));
}

const rows = ['registry.rbac', 'registry.abac', 'rule', 'rule.incomplete', 'incomplete', 'reader', 'tag', 'repository'];

describe('the context menu of our rows', () => {
  it.each([...rows, 'problem.repairable', 'error', 'subscription'])('has at most 8 entries: %s', (viewItem) => {
    const menu = entries('view/item/context', viewItem).filter(({ group }) => !group.startsWith('inline'));
    expect(menu.length).toBeLessThanOrEqual(8);
    expect(menu.length).toBeGreaterThan(0);
    for (const { submenu } of menu) {
      if (submenu !== undefined) expect(entries(submenu, viewItem).length, submenu).toBeGreaterThan(0);
    }
  });

  it('offers the switch to ABAC only where the registry is not switched', () => {
    const has = (viewItem: string) =>
      entries('view/item/context', viewItem).some(({ command }) => command === 'acrCache.switchToAbac');
    expect([has('registry.rbac'), has('registry.abac')]).toEqual([true, false]);
  });

  it('has one deletion of a rule, and resumes only what is incomplete', () => {
    const commands = (viewItem: string) => entries('view/item/context', viewItem).map(({ command }) => command);
    expect(commands('rule').filter((id) => /delete|cleanUp/i.test(id ?? ''))).toEqual(['acrCache.cleanUp']);
    for (const [viewItem, isOffered] of [
      ['rule', false],
      ['rule.incomplete', true],
      ['incomplete', true],
    ] as const) {
      expect(commands(viewItem).includes('acrCache.resume')).toBe(isOffered);
    }
  });
});
