import type * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Cloud } from '../../azure/clouds.ts';
import type { FileReader } from '../../files/worker/fileReader.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Observations } from '../../inventory/observations.ts';
import type { ReadOnlyDocuments } from '../documents/documents.ts';
import type { ReadingNode, ReadScope } from '../tree/nodes.ts';

/**
 * Everything a command may use, wired once in `extension.ts`. Every command is `(services, node?) => Promise<void>`.
 * Nothing here loads Azure code until `azure()` is called.
 */
export interface Services {
  readonly inventory: Inventory;
  /** What was seen in registries on the way of other work. */
  readonly observations: Observations;
  /** Reads files in a thread of its own, one for the window. */
  readonly reader: FileReader;
  readonly account: Account;
  readonly connection: Connection;
  readonly tree: RegistriesTree;
  readonly log: vscode.LogOutputChannel;
  readonly documents: ReadOnlyDocuments;
  /** In the extension's global storage; they may not exist yet. */
  readonly storage: { readonly snapshot: vscode.Uri; readonly journal: vscode.Uri };
  /** `publisher.name`, which links to VS Code name. */
  readonly extensionId: string;
  /** For small per-machine choices ("last used identity"). Never secrets. */
  readonly memento: vscode.Memento;
  /**
   * Azure for the signed-in accounts and chosen subscriptions; asks to sign in if nobody is, except inside `quietly`.
   * @throws CancellationError if the user declines; AzureError; Error with words to show if there is no subscription.
   */
  azure(options?: { readonly allowNoSubscription?: boolean }): Promise<Azure>;
}

/** Who is signed in, to which cloud, and which subscriptions are looked at. */
export interface Account {
  /** The accounts, the cloud or the chosen subscriptions changed: what was built from them is stale. */
  readonly onDidChange: vscode.Event<void>;
  /** The configured cloud; loads only `azureauth`'s environment. @throws Error if the custom cloud is not configured properly. */
  cloud(): Promise<Cloud>;
  /**
   * Silent: undefined if nobody is signed in. Never shows a dialog. One object until `onDidChange` or `fresh`, which lists
   * tenants and subscriptions anew.
   * @throws AzureError
   */
  connect(options?: { readonly fresh?: boolean }): Promise<Azure | undefined>;
  /** Asks. Resolves false if the user declined. `force`: ask even though a session exists (expired, further account). */
  signIn(options?: { readonly force?: boolean }): Promise<boolean>;
  /** Lets the user choose a further tenant of an account and signs in to it. */
  signInToTenant(): Promise<void>;
  /** Multi-pick across tenants, stored in `acrCache.selectedSubscriptions`. */
  selectSubscriptions(): Promise<void>;
  /** Public, China, US Government or the custom cloud of the settings. */
  selectCloud(): Promise<void>;
  dispose(): void;
}

/** Feeds the inventory from the account. */
export interface Connection {
  /** Why there is no connection, although somebody may be signed in. */
  readonly error: Error | undefined;
  readonly busy: boolean;
  readonly onDidChange: vscode.Event<void>;
  /** Connects and refreshes once; later calls give the same promise. Never rejects: the tree shows what is wrong. */
  start(): Promise<void>;
  /** Connects anew and reads all registries again. Never rejects. */
  refresh(): Promise<void>;
  dispose(): void;
}

/** What others may ask of the view. */
export interface RegistriesTree {
  /** Shows the registry or rule in the view, selected and, unless `focus` is false, with the keyboard; does nothing if it is not (or no longer) known. */
  reveal(registryId: string, ruleId?: string, options?: { readonly focus?: boolean }): Promise<void>;
  /** The active filter's text; empty: none. */
  filter: string;
  /** Looks which setups were not finished, as when the view is opened. */
  lookForUnfinished(): void;
  /** Stops waiting for what stands below a row. */
  cancelReading(node: ReadingNode): void;
  /** What is cached is read again, everywhere if nothing is named. */
  readAgain(of?: ReadScope): void;
}

/** A command's function. `node` is what the tree, another extension or a keybinding hands over: untrusted shape. */
export type Command = (services: Services, node?: unknown) => Promise<void>;
