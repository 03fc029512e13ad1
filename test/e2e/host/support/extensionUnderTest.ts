import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Registry } from '../../../../src/domain/types.ts';
import type { TestHook } from '../../../../src/extension.ts';
import type { TreeNode } from '../../../../src/ui/tree/nodes.ts';
import { extensionId } from './hostTest.ts';

/** Activates the extension and gives its test hook. */
export async function hook(): Promise<TestHook> {
  const extension = vscode.extensions.getExtension<TestHook | undefined>(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  const exported = await extension.activate();
  assert.ok(exported, 'the test hook exists only in test mode');
  return exported;
}

/** The hook once registries are shown. */
export async function connected(): Promise<TestHook> {
  const exported = await hook();
  await exported.services.connection.start();
  assert.equal(exported.services.connection.error, undefined);
  await until('the tree is ready', () => exported.model.viewState === 'ready');
  return exported;
}

/** A registry that the tree shows, by its name. */
export function registryNamed({ inventory }: TestHook['services'], name: string): Registry {
  const found = [...inventory.state.registries.values()].find(({ registry }) => registry.name === name);
  assert.ok(found, `no registry ${name}`);
  return found.registry;
}

/** Waits up to `timeout` milliseconds for a condition. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeout = 60_000,
): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `waited ${timeout} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Rows below a node as VS Code would show them. */
export async function rows(
  { model }: TestHook,
  parent?: TreeNode,
): Promise<{ node: TreeNode; item: vscode.TreeItem }[]> {
  const children = (await model.getChildren(parent)) ?? [];
  return Promise.all(children.map(async (node) => ({ node, item: await model.getTreeItem(node) })));
}

/** A row's label as text. */
export function labelOf({ label }: vscode.TreeItem): string {
  return typeof label === 'string' ? label : (label?.label ?? '');
}

/** The row whose label is `label`; fails with the labels there are. */
export async function row(
  exported: TestHook,
  label: string,
  parent?: TreeNode,
): Promise<{ node: TreeNode; item: vscode.TreeItem }> {
  const all = await rows(exported, parent);
  const found = all.find(({ item }) => labelOf(item) === label);
  assert.ok(found, `no row "${label}" among: ${all.map(({ item }) => labelOf(item)).join(', ')}`);
  return found;
}

/** Sends a command to the sandbox's control endpoint. */
export async function control(method: 'PUT' | 'POST' | 'PATCH', path: string, body: unknown): Promise<void> {
  const endpoint = process.env['SANDBOX_CONTROL'];
  assert.ok(endpoint, 'SANDBOX_CONTROL is not set');
  const response = await fetch(new URL(path, endpoint), {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.text()}`);
}

/** How many requests the sandbox has seen. */
async function requests(): Promise<number> {
  const endpoint = process.env['SANDBOX_CONTROL'];
  assert.ok(endpoint, 'SANDBOX_CONTROL is not set');
  const response = await fetch(new URL('/sandbox/log', endpoint));
  const log = (await response.json()) as readonly unknown[];
  return log.length;
}

/** Until the sandbox has seen nothing for a second: what earlier tests began is done. */
export async function quiet(): Promise<number> {
  for (let before = await requests(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = await requests();
    if (now === before) return now;
    before = now;
  }
}
