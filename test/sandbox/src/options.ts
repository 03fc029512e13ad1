import { registryModeVersions, registryVersions, ruleIdentityVersions, ruleVersions } from './arm/apiVersions.ts';
import { isCount, isText, isTime } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Scenario } from './types.ts';

/** Where Azure's behaviour is unknown it is an option; tests run both ways. */
export interface SandboxOptions {
  /** Milliseconds added to every answer. Changeable through the control endpoint. */
  readonly latencyMs?: number;
  /** Seed data; default: the article's scenario. */
  readonly scenario?: Scenario;
  /** Whether a role assignment at `{registry}/repositories/{name}` gives access. Unknown on Azure. Default ignore. */
  readonly articleScopes?: 'honour' | 'ignore';
  /** Whether roles of the registry, such as AcrPull, let a rule's identity read an upstream in RBAC mode. Unknown on Azure. Default honour. */
  readonly rbacUpstreams?: 'honour' | 'ignore';
  /** Whether HEAD of a manifest starts the copy, as GET does. Unknown on Azure. Default false. */
  readonly headStartsCopy?: boolean;
  /** How long a cached tag is served without a look at its source, sandbox-clock milliseconds. Default 5 minutes (Azure/acr#860). */
  readonly freshMs?: number;
  /** What `roleAssignmentScheduleInstances` says: a reader may lack its right, a cloud may not have it. Default answer. */
  readonly scheduleInstances?: 'answer' | 'forbidden' | 'absent';
  /** What Microsoft Graph says of principals: to a guest only ids, or nothing; Azure Stack Hub has none. Default answer. */
  readonly graph?: 'answer' | 'limited' | 'forbidden' | 'absent';
  /** Whether creating a rule with an identity needs the preview feature flag. Default false. */
  readonly featureFlagRequired?: boolean;
  /** How long a background copy takes, sandbox-clock milliseconds. Default 1500. */
  readonly copyDelayMs?: number;
  /** How long until a role assignment takes effect on the data plane. Default 0. */
  readonly rolePropagationMs?: number;
  /** How long a long-running ARM operation stays InProgress. Default 200. */
  readonly operationMs?: number;
  /** `Retry-After` of a long-running operation, seconds; 0 allowed. Default: none, as recorded. */
  readonly retryAfterSeconds?: number;
  /** How long a fresh principal is unknown to role assignments sent without principalType. Default 10000. */
  readonly principalReplicationMs?: number;
  /** Api-versions of cache rules that this cloud has. Default: those of arm/apiVersions.ts. */
  readonly ruleVersions?: readonly string[];
  /** Those of `ruleVersions` that the provider's list leaves out. Default none. */
  readonly unlistedRuleVersions?: readonly string[];
  /** Api-versions whose rules carry `identity`; any other drops it without a word. Default: the three previews known to have it. */
  readonly ruleIdentityVersions?: readonly string[];
  /** Api-versions of registries that this cloud has. Default: those of arm/apiVersions.ts. */
  readonly registryVersions?: readonly string[];
  /** Api-versions whose registries carry `roleAssignmentMode`. Default: those whose specification has it. */
  readonly registryModeVersions?: readonly string[];
  /** Whether PATCH adds an identity to those a rule has. Recorded: it replaces them. Default false. */
  readonly patchAddsIdentity?: boolean;
  /** Whether PUT over a rule may change its paths. azure-cli#33911: it overwrites; whether the paths too was not found. Default true. */
  readonly putReplacesPaths?: boolean;
  /** Whether GET of a blob answers 307 to a signed address of blob storage, as recorded, or the content itself. Default true. */
  readonly blobRedirect?: boolean;
  /** Whether a registry is changed and deleted by an operation, or in the answer itself, as recorded. Default false. */
  readonly registryOperations?: boolean;
  /** Health of a credential set's credentials: found by reading the vault as its identity, or always the same. Default evaluate. */
  readonly credentialHealth?: 'evaluate' | 'healthy' | 'unhealthy';
  /** Whether a rule or credential set that an operation still runs on refuses writes with 409. Unknown on Azure. Default false. */
  readonly refuseWhileBusy?: boolean;
  /** Items per page of every ARM list. Default 1000. */
  readonly pageSize?: number;
  /**
   * How its services are reached. `names`: `management.azure.sandbox`, `myregistry.azurecr.sandbox` and so on at port 443, through the
   * proxy of `SandboxInfo.proxy`. `ports`: `localhost:P`, without a proxy. Default names.
   */
  readonly hosts?: 'names' | 'ports';
  /** `user:password` that the proxy asks for (407). Default none. */
  readonly proxyCredentials?: string;
  /** Whether the proxy opens TLS, with a CA of its own (`SandboxInfo.proxyCa`). Default false. */
  readonly proxyOpensTls?: boolean;
  /** Folder for ca.pem and blobs; default a new temp folder, removed on close. */
  readonly folder?: string;
}

/** What is decided once, at the start. */
export type StartOption = 'scenario' | 'folder' | 'hosts' | 'proxyCredentials' | 'proxyOpensTls';

export type LiveOptions = {
  -readonly [K in keyof Required<Omit<SandboxOptions, StartOption | 'retryAfterSeconds'>>]: NonNullable<
    SandboxOptions[K]
  >;
} & { retryAfterSeconds?: number };

export const defaultOptions: LiveOptions = {
  latencyMs: 0,
  articleScopes: 'ignore',
  rbacUpstreams: 'honour',
  headStartsCopy: false,
  freshMs: 5 * 60_000,
  scheduleInstances: 'answer',
  graph: 'answer',
  featureFlagRequired: false,
  copyDelayMs: 1500,
  rolePropagationMs: 0,
  operationMs: 200,
  principalReplicationMs: 10_000,
  pageSize: 1000,
  ruleVersions,
  unlistedRuleVersions: [],
  ruleIdentityVersions,
  registryVersions,
  registryModeVersions,
  patchAddsIdentity: false,
  putReplacesPaths: true,
  blobRedirect: true,
  registryOperations: false,
  refuseWhileBusy: false,
  credentialHealth: 'evaluate',
};

/** A value of the kind of each option that can be changed; one has no value unless it is asked for. */
export const optionKinds: Readonly<JsonObject> = { ...defaultOptions, retryAfterSeconds: 0 };

const optionWords = new Map([
  ['articleScopes', ['honour', 'ignore']],
  ['credentialHealth', ['evaluate', 'healthy', 'unhealthy']],
  ['scheduleInstances', ['answer', 'forbidden', 'absent']],
  ['graph', ['answer', 'limited', 'forbidden', 'absent']],
]);

/** What is wrong with options as somebody writes them: each must be there and of its kind. */
export function optionProblem(input: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(optionKinds, name))
      return `No option '${name}'; there is: ${Object.keys(optionKinds).join(', ')}.`;
    const given = optionKinds[name];
    if (Array.isArray(given) !== Array.isArray(value))
      return `Option '${name}' is ${Array.isArray(given) ? 'an' : 'no'} array.`;
    if (typeof given !== typeof value) return `Option '${name}' is a ${typeof given}.`;
    if (typeof value === 'number' && !(isTime(value) && (name !== 'pageSize' || isCount(value))))
      return `Option '${name}' is a number that is not negative.`;
    if (Array.isArray(value) && !value.every(isText)) return `Option '${name}' is an array of strings.`;
    const words = optionWords.get(name);
    if (words && !words.includes(String(value))) return `Option '${name}' is ${words.join(' or ')}.`;
  }
  return undefined;
}
