import type { Azure } from '../azure/azure.ts';
import { asError } from '../common/asError.ts';
import { createLimit, type Limit } from '../common/limit.ts';
import { armIdKey, parentArmId } from '../domain/armId.ts';
import { mergeCheckup, type PullProof, type RuleCheckup, type RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule } from '../domain/types.ts';
import { isSameRule } from '../domain/sameRule.ts';
import { findRule, keptKnowledge, knowledgeOf } from './knowledge.ts';
import {
  afterRefresh,
  notLoading,
  ofSubscriptions,
  withPage,
  withSnapshot,
  withStaleRules,
  withoutLoading,
} from './refresh.ts';
import { createSharedRuns, type SharedRuns } from './sharedRuns.ts';
import { ownerOf, pickSubscription, sameOwner, type Snapshot, type SnapshotOwner } from './snapshot.ts';
import { createSnapshotStore, type SnapshotStore } from './snapshotStore.ts';
import type { Freshness, InventoryChange, InventoryState, RegistryEntry, SnapshotFile } from './types.ts';

export interface InventoryOptions {
  readonly snapshot: SnapshotFile;
  /** Receives a line when the snapshot cannot be read or written. */
  readonly log?: (line: string) => void;
  /** How long changes are gathered before the snapshot is written. Default 1000. */
  readonly snapshotDelayInMs?: number;
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** Read again what is current, and start again what is running: for after a write. */
  readonly force?: boolean;
}

/** Lists of rules that are read at the same time. */
const rulesAtOnce = 8;
const refreshRun = 'refresh';

/** One connection to Azure. What its runs bring counts only while it is the inventory's. */
interface Session {
  readonly azure: Azure;
  readonly owner: SnapshotOwner;
  readonly runs: SharedRuns;
  readonly limit: Limit;
}

export function createInventory(options: InventoryOptions): Inventory {
  return new Inventory(options);
}

/**
 * The registries and rules known now. `state` is replaced, never changed, and `onDidChange` tells which part. Failures of Azure are
 * part of the state; the methods reject only with `cancelled`, when the caller's own signal fires.
 */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #snapshot: SnapshotStore;
  readonly #listeners = new Set<(change: InventoryChange) => void>();
  #state: InventoryState = {
    signedIn: 'unknown',
    cloudName: '',
    subscriptions: [],
    registries: new Map(),
    freshness: 'snapshot',
    failures: [],
  };
  /** What to go back to when a refresh is cancelled. */
  #settledFreshness: Exclude<Freshness, 'loading'> = 'snapshot';
  #session: Session | undefined;
  /** Whose data the state holds. */
  #owner: SnapshotOwner | undefined;
  #disposed = false;

  constructor(options: InventoryOptions) {
    this.#options = options;
    this.#snapshot = createSnapshotStore(options.snapshot, options.snapshotDelayInMs ?? 1000, (line, error) =>
      this.#log(line, error),
    );
  }

  /** Before the first answer: empty, `snapshot`, `signedIn: 'unknown'`. */
  get state(): InventoryState {
    return this.#state;
  }

  /** What is known of one registry, whatever the casing of its id. */
  entry(registryId: string): RegistryEntry | undefined {
    return this.#state.registries.get(armIdKey(registryId));
  }

  onDidChange(listener: (change: InventoryChange) => void): { dispose(): void } {
    const own = (change: InventoryChange) => listener(change);
    this.#listeners.add(own);
    return { dispose: () => this.#listeners.delete(own) };
  }

  /**
   * Shows what was known last, unless it belongs to other accounts or another cloud than those connected; before that, `connect`
   * drops it later. A snapshot that cannot be read is set aside. Never rejects.
   */
  async restore(): Promise<void> {
    const snapshot = await this.#snapshot.read();
    if (!snapshot || this.#state.signedIn === false) return;
    if (this.#session && !sameOwner(snapshot.owner, this.#session.owner)) return;
    this.#show(snapshot);
    this.#snapshot.noteShown(this.#state.registries);
  }

  /**
   * Whose registries are shown from now on. What another connection is reading is given up. Known registries stay, as
   * `snapshot`, if they are of the same accounts and cloud; `signedIn` false removes everything.
   */
  connect(azure: Azure | undefined, signedIn: InventoryState['signedIn']): void {
    if (this.#disposed) return;
    this.#session?.runs.stop();
    this.#session = undefined;
    const { registries, ...rest } = this.#state;
    if (!azure) {
      const isEmpty = signedIn === false;
      if (isEmpty) this.#owner = undefined;
      this.#change({
        ...rest,
        ...(isEmpty && { subscriptions: [], error: undefined, failures: [] }),
        signedIn,
        registries: isEmpty ? new Map<string, RegistryEntry>() : withoutLoading(registries),
        freshness: isEmpty ? 'current' : 'snapshot',
      });
      return;
    }
    const owner = ownerOf(azure.cloud, azure.subscriptions);
    const isSame = sameOwner(owner, this.#owner);
    this.#session = { azure, owner, runs: createSharedRuns(), limit: createLimit(rulesAtOnce) };
    this.#owner = owner;
    this.#change({
      signedIn,
      cloudName: azure.cloud.name,
      subscriptions: azure.subscriptions.map(pickSubscription),
      registries: isSame
        ? withoutLoading(ofSubscriptions(registries, azure.subscriptions))
        : new Map<string, RegistryEntry>(),
      freshness: 'snapshot',
      failures: [],
    });
  }

  /**
   * Reads all registries; what was known stays until it is replaced, page by page. A running refresh is joined, with `force`
   * begun again, and rules are then read again when next asked for. Does nothing without connection.
   * @throws AzureError `cancelled` only
   */
  async refresh({ signal, force = false }: LoadOptions = {}): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const work = (runSignal: AbortSignal) => this.#refresh(session, runSignal, force);
    await session.runs.run(refreshRun, work, { signal, restart: force });
  }

  /**
   * Reads the rules of a registry unless they are current; see `force`. A running read is joined, few run at a time. Gives what is
   * known afterwards: rules, or the error in `rulesError`. A view that calls this whenever something changes must leave `failed`
   * alone, or it would ask without end.
   * @throws AzureError `cancelled` only
   */
  async loadRules(registryId: string, { signal, force = false }: LoadOptions = {}): Promise<RegistryEntry | undefined> {
    const session = this.#session;
    const freshness = this.entry(registryId)?.rulesFreshness;
    if (!session || !freshness || (freshness === 'current' && !force)) return this.entry(registryId);
    const key = armIdKey(registryId);
    const work = (runSignal: AbortSignal) => this.#loadRules(session, key, runSignal);
    await session.runs.run(rulesRun(key), work, { signal, restart: force });
    return this.entry(registryId);
  }

  /** What diagnoses and verified pulls found out about a rule. */
  knowledge(ruleId: string): RuleKnowledge {
    return knowledgeOf(this.entry(parentArmId(ruleId) ?? '') ?? {}, ruleId);
  }

  /** Whether what a connection has found out is of the accounts and the cloud whose registries are known: they may have changed since. */
  isOf({ cloud, subscriptions }: Pick<Azure, 'cloud' | 'subscriptions'>): boolean {
    return this.#owner === undefined || sameOwner(this.#owner, ownerOf(cloud, subscriptions));
  }

  /** Notes what checks of a rule found, if its registry is known. `checks`: ids of the checks that were made. */
  noteCheckup(ruleId: string, checkup: RuleCheckup, checks: ReadonlySet<string>): void {
    this.#noteKnowledge(ruleId, ({ checkup: earlier, ...rest }) => ({
      ...rest,
      checkup: mergeCheckup(earlier, checkup, checks),
    }));
  }

  /**
   * Notes a pull that was proven, or with `undefined` that one which was proven before fails now. `rule`: through which one; if it is
   * known by now that another one has its name, nothing is noted.
   */
  noteProof(ruleId: string, proof: PullProof | undefined, rule?: CacheRule): void {
    const present = findRule(this.#state, ruleId)?.rule;
    if (rule && present && !isSameRule(rule, present)) return;
    this.#noteKnowledge(ruleId, ({ checkup }) => ({ checkup, proof }));
  }

  #noteKnowledge(ruleId: string, change: (known: RuleKnowledge) => RuleKnowledge): void {
    const key = armIdKey(parentArmId(ruleId) ?? '');
    if (!this.#state.registries.has(key)) return;
    this.#changeEntry(key, (entry) => ({
      ...entry,
      knowledge: new Map(entry.knowledge).set(armIdKey(ruleId), change(knowledgeOf(entry, ruleId))),
    }));
    this.#save();
  }

  /** Gives up what runs and writes what is due. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#listeners.clear();
    this.#session?.runs.stop();
    await this.#snapshot.flush();
  }

  async #refresh(session: Session, signal: AbortSignal, force: boolean): Promise<void> {
    const isMine = () => this.#session === session && !this.#disposed && !signal.aborted;
    const { registries } = this.#state;
    this.#change({ ...this.#state, freshness: 'loading', registries: force ? withStaleRules(registries) : registries });
    const ids = [...new Set(session.azure.subscriptions.map(({ id }) => id))];
    try {
      const answer = await session.azure.registries.list(ids, {
        signal,
        onPage: (page) => {
          if (isMine()) this.#change({ ...this.#state, registries: withPage(this.#state.registries, page) });
        },
      });
      if (isMine()) {
        const { failures } = answer;
        const isFailed = failures.length > 0 && failures.length >= ids.length;
        this.#change({
          ...this.#state,
          registries: afterRefresh(this.#state.registries, answer),
          freshness: isFailed ? 'failed' : 'current',
          error: isFailed ? failures[0]?.error : undefined,
          failures,
        });
        this.#save();
      }
    } catch (error) {
      if (isMine()) this.#change({ ...this.#state, freshness: 'failed', error: asError(error) });
    }
    if (this.#isGivenUp(session, signal, refreshRun)) {
      this.#change({ ...this.#state, freshness: this.#settledFreshness });
    }
  }

  /** A run was cancelled, and no other one takes its place. */
  #isGivenUp(session: Session, signal: AbortSignal, run: string): boolean {
    return signal.aborted && this.#session === session && !this.#disposed && !session.runs.isRunning(run);
  }

  async #loadRules(session: Session, key: string, signal: AbortSignal): Promise<void> {
    const isMine = () => this.#session === session && !this.#disposed && !signal.aborted;
    this.#changeEntry(key, (entry) => ({ ...entry, rulesFreshness: 'loading' }));
    await session.limit(async () => {
      const registryId = this.entry(key)?.registry.id;
      if (registryId === undefined || signal.aborted) return; // gone, or given up, since it was asked for
      try {
        const rules = (await session.azure.cacheRules.list(registryId, { signal, needs: 'identity' })).toSorted(
          byTarget,
        );
        if (!isMine()) return;
        this.#changeEntry(key, (entry) => ({
          registry: entry.registry,
          rules,
          rulesFreshness: 'current',
          ...keptKnowledge(entry, rules),
        }));
        this.#save();
      } catch (error) {
        if (isMine())
          this.#changeEntry(key, (entry) => ({ ...entry, rulesFreshness: 'failed', rulesError: asError(error) }));
      }
    });
    if (this.#isGivenUp(session, signal, rulesRun(key))) this.#changeEntry(key, notLoading);
  }

  #show({ owner, subscriptions, registries }: Snapshot): void {
    const { state } = this;
    const isConnected = this.#session !== undefined;
    this.#owner = owner;
    this.#change({
      ...state,
      ...(!isConnected && { subscriptions, cloudName: owner.cloudName }),
      registries: withSnapshot(
        state.registries,
        registries,
        isConnected ? state.subscriptions : undefined,
        state.freshness === 'current',
      ),
    });
  }

  #changeEntry(key: string, change: (entry: RegistryEntry) => RegistryEntry): void {
    const entry = this.#state.registries.get(key);
    if (!entry) return;
    const registries = new Map(this.#state.registries).set(key, change(entry));
    this.#change({ ...this.#state, registries }, { registryId: entry.registry.id });
  }

  #change(state: InventoryState, change: InventoryChange = {}): void {
    if (this.#disposed) return;
    this.#state = Object.freeze(state);
    if (state.freshness !== 'loading') this.#settledFreshness = state.freshness;
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#log('A view could not follow a change of the inventory', error);
      }
    }
  }

  #save(): void {
    const session = this.#session;
    if (!session) return;
    this.#snapshot.save(() => {
      if (this.#session !== session) return undefined;
      const take = (registries: InventoryState['registries']): void => this.#change({ ...this.#state, registries });
      return { owner: session.owner, state: this.#state, take };
    });
  }

  #log(line: string, error?: unknown): void {
    this.#options.log?.(error === undefined ? line : `${line}: ${asError(error).message}`);
  }
}

/** Azure lists rules in no order that a person would expect. */
function byTarget(a: CacheRule, b: CacheRule): number {
  return a.targetRepository < b.targetRepository ? -1 : 1;
}

function rulesRun(key: string): string {
  return `rules:${key}`;
}
