import * as vscode from 'vscode';
import { isAzureError } from '../../azure/errors.ts';
import type { RegistriesTree } from '../services/services.ts';
import { type TreeModel, type TreeSources, createTreeModel } from './treeModel.ts';
import { withProgress } from '../shared/messages.ts';
import { patienceInMs } from './patience.ts';

const viewId = 'acrCache.registries';

/** Milliseconds in which changes of the whole tree are painted once: a refresh reports each page. */
const repaintDelay = 50;

/** The view, and the model that it shows. */
export interface RegistriesView extends RegistriesTree {
  readonly model: TreeModel;
  dispose(): void;
}

/** Milliseconds after a change of the inventory at which the journal is looked at: whatever was written has been noted by then. */
const journalDelay = 200;

/**
 * Creates the view and keeps it, its messages and its context keys in step with the inventory.
 * @param journal the folder where unfinished setups are noted
 */
export function createRegistriesView(sources: TreeSources, journal: string): RegistriesView {
  const { inventory, connection } = sources;
  const model = createTreeModel(sources);
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: model, showCollapseAll: true });
  const contexts = new Map<string, unknown>();
  let timer: NodeJS.Timeout | undefined;
  let journalTimer: NodeJS.Timeout | undefined;
  let endProgress: (() => void) | undefined;
  /** Runs while something is loading, then marks that it takes long. */
  let lateTimer: NodeJS.Timeout | undefined;
  let isLate = false;
  /** Of the journal. */
  let latestReading: object | undefined;

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
    const entries = [...inventory.state.registries.values()];
    setContext(
      'acrCache.hasRules',
      entries.some(({ rules = [] }) => rules.length > 0),
    );
    setContext(
      'acrCache.verified',
      entries.some(({ knowledge }) => [...(knowledge?.values() ?? [])].some(({ proof }) => proof !== undefined)),
    );
    const loading = connection.busy || inventory.state.freshness === 'loading';
    if (loading && !endProgress) {
      const done = new Promise<void>((resolve) => (endProgress = resolve));
      void withProgress({ location: { viewId } }, () => done);
      lateTimer = setTimeout(() => {
        isLate = true;
        paintFrame();
      }, patienceInMs);
    } else if (!loading) {
      clearTimeout(lateTimer);
      isLate = false;
      endProgress?.();
      endProgress = undefined;
    }
    // A message would hide the welcome pages.
    view.message = ['starting', 'ready'].includes(viewState) ? message(filter) : undefined;
  }

  function message(filter: string): string | undefined {
    if (isLate) return vscode.l10n.t('No answer from Azure for 10 s');
    return filter ? vscode.l10n.t('Filter: {0}', filter) : undefined;
  }

  function setFilter(text: string): void {
    if (text === model.filter) return;
    model.filter = text;
    paintFrame();
  }

  function repaintSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      model.repaint();
      paintFrame();
    }, repaintDelay);
  }

  async function readUnfinished(): Promise<void> {
    const reading = (latestReading = {});
    const found = await import('./unfinished.lazy.ts').then((reader) => reader.readUnfinished(journal));
    // A later reading knows more, though it may have ended before.
    if (reading === latestReading) model.unfinished = found;
  }

  /** What a window has left undone can be seen here as long as it is so. Nobody needs it while the view is hidden. */
  function lookForUnfinished(): void {
    if (!view.visible) return;
    journalTimer ??= setTimeout(() => {
      journalTimer = undefined;
      void readUnfinished();
    }, journalDelay);
  }

  const subscriptions: { dispose(): unknown }[] = [
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (!visible) return;
      void connection.start();
      lookForUnfinished();
    }),
    view.onDidExpandElement(({ element }) => model.noteExpanded(element, true)),
    view.onDidCollapseElement(({ element }) => model.noteExpanded(element, false)),
    connection.onDidChange(repaintSoon),
    inventory.onDidChange(({ registryId }) => {
      lookForUnfinished();
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
  lookForUnfinished();

  return {
    model,
    get filter() {
      return model.filter;
    },
    set filter(text) {
      setFilter(text);
    },
    async reveal(registryId, ruleId, { focus = true } = {}) {
      const node = model.node(registryId, ruleId);
      if (!node) return;
      // A filter could hide what is asked for.
      setFilter('');
      // It may have gone while the rows above it were read: then there is nothing to show.
      await Promise.resolve(view.reveal(node, { select: true, focus, expand: true })).catch(() => undefined);
    },
    lookForUnfinished,
    cancelReading: (node) => model.cancelReading(node),
    readAgain: (of) => model.readAgain(of),
    dispose() {
      clearTimeout(timer);
      clearTimeout(journalTimer);
      clearTimeout(lateTimer);
      endProgress?.();
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
