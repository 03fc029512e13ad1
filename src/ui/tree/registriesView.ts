import * as vscode from 'vscode';
import { isAzureError } from '../../azure/errors.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Connection, RegistriesTree } from '../services/services.ts';
import { type TreeModel, createTreeModel } from './treeModel.ts';
import { withProgress } from '../shared/messages.ts';

const viewId = 'acrCache.registries';

/** Milliseconds in which changes of the whole tree are painted once: a refresh reports each page. */
const repaintDelay = 50;

/** The view, and the model that it shows. */
export interface RegistriesView extends RegistriesTree {
  readonly model: TreeModel;
  dispose(): void;
}

/** Creates the view and keeps it, its messages and its context keys in step with the inventory. */
export function createRegistriesView(inventory: Inventory, connection: Connection): RegistriesView {
  const model = createTreeModel(inventory, connection);
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: model, showCollapseAll: true });
  const contexts = new Map<string, unknown>();
  let timer: NodeJS.Timeout | undefined;
  let endProgress: (() => void) | undefined;

  function setContext(key: string, value: unknown): void {
    if (contexts.get(key) === value) return;
    contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  /** Everything around the rows. */
  function paintFrame(): void {
    const { viewState, error, filter } = model;
    setContext('acrCache.view', viewState);
    setContext('acrCache.filtered', filter !== '');
    setContext('acrCache.problem', isAzureError(error) ? error.kind : 'other');
    // A message would hide the welcome pages.
    view.message = viewState === 'ready' && filter ? vscode.l10n.t('Filter: {0}', filter) : undefined;
    const loading = connection.busy || inventory.state.freshness === 'loading';
    if (loading && !endProgress) {
      const done = new Promise<void>((resolve) => (endProgress = resolve));
      void withProgress({ location: { viewId } }, () => done);
    } else if (!loading) {
      endProgress?.();
      endProgress = undefined;
    }
  }

  function repaintSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      model.repaint();
      paintFrame();
    }, repaintDelay);
  }

  const subscriptions: { dispose(): unknown }[] = [
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) void connection.start();
    }),
    connection.onDidChange(repaintSoon),
    inventory.onDidChange(({ registryId }) => {
      if (registryId === undefined) {
        repaintSoon();
      } else {
        model.repaint(registryId);
        paintFrame();
      }
    }),
  ];
  paintFrame();
  if (view.visible) void connection.start();

  return {
    model,
    get filter() {
      return model.filter;
    },
    set filter(text) {
      model.filter = text;
      paintFrame();
    },
    async reveal(registryId, ruleId) {
      const node = model.node(registryId, ruleId);
      if (node) await view.reveal(node, { select: true, focus: true, expand: true });
    },
    dispose() {
      clearTimeout(timer);
      endProgress?.();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
