import type { Azure } from '../../../src/azure/azure.ts';
import { publicCloud } from '../../../src/azure/clouds.ts';
import { registryArmId } from '../../../src/domain/armId.ts';
import type { CacheRule, Registry, Subscription } from '../../../src/domain/types.ts';
import type { SnapshotFile } from '../../../src/inventory/types.ts';
import { registry as sample, rule as ruleOf } from '../../samples.ts';

type Registries = Awaited<ReturnType<Azure['registries']['list']>>;

/** A call that the test answers when it likes. */
export interface Call<Argument, Answer> {
  readonly argument: Argument;
  readonly signal?: AbortSignal;
  readonly onPage?: (registries: readonly Registry[]) => void;
  answer(value: Answer): Promise<void>;
  fail(error: Error): Promise<void>;
}

export interface FakeAzure {
  readonly azure: Azure;
  readonly lists: Call<readonly string[], Registries>[];
  readonly rules: Call<string, CacheRule[]>[];
}

export function subscription(number: number, accountId = 'account-1'): Subscription {
  const id = `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
  return { id, name: `Subscription ${number}`, tenantId: 'tenant', accountId };
}

export function registry(name: string, subscriptionNumber = 1): Registry {
  const { id: subscriptionId, tenantId } = subscription(subscriptionNumber);
  return sample(name, { id: registryArmId(subscriptionId, 'MyResourceGroup', name), subscriptionId, tenantId });
}

export function rule({ id }: Registry, name = 'MyRule'): CacheRule {
  return ruleOf(name, 'upstreamregistry.example/myapp', name.toLowerCase(), { registryId: id });
}

/** Answers nothing by itself, so that a test decides about the order of things. Other clients than these two throw. */
export function fakeAzure(
  subscriptions: readonly Subscription[] = [subscription(1)],
  cloudName = publicCloud.name,
): FakeAzure {
  const lists: FakeAzure['lists'] = [];
  const rules: FakeAzure['rules'] = [];
  const azure = {
    cloud: { ...publicCloud, name: cloudName },
    // As createAzure is given them: the credential rides along.
    subscriptions: subscriptions.map((each) => ({ ...each, credential: { secret: 'TOP-SECRET' } })),
    registries: {
      isRead: () => true,
      list: (
        ids: readonly string[],
        options: { signal?: AbortSignal; onPage?: (page: readonly Registry[]) => void } = {},
      ) => record(lists, ids, options.signal, options.onPage),
    },
    cacheRules: {
      list: (registryId: string, options: { signal?: AbortSignal } = {}) => record(rules, registryId, options.signal),
    },
  } as unknown as Azure;
  return { azure, lists, rules };
}

function record<Argument, Answer>(
  calls: Call<Argument, Answer>[],
  argument: Argument,
  signal: AbortSignal | undefined,
  onPage?: (page: readonly Registry[]) => void,
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
    calls.push({
      argument,
      signal,
      onPage,
      answer: (value) => (resolve(value), settled()),
      fail: (error) => (reject(error), settled()),
    });
  });
}

/** Lets everything that is ready happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export interface MemoryFile extends SnapshotFile {
  text: string | undefined;
  readonly writes: string[];
  aside: string | undefined;
}

export function memoryFile(text?: string): MemoryFile {
  return {
    text,
    writes: [],
    aside: undefined,
    read() {
      return Promise.resolve(this.text);
    },
    write(written) {
      this.writes.push(written);
      this.text = written;
      return Promise.resolve();
    },
    setAside() {
      this.aside = this.text;
      this.text = undefined;
      return Promise.resolve();
    },
  };
}
