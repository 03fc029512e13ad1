import * as l10n from '@vscode/l10n';
import { isDigest, isTag, parseRepository } from '../../domain/imageReference.ts';
import type { Registry } from '../../domain/types.ts';
import type { AzureAccess, CallOptions, RegistryContent } from '../azure.ts';
import {
  checkedDigest,
  checkedTag,
  deleteIfPresent,
  entries,
  ifPresent,
  metadataScope,
  readStoredManifests,
  storedBytes,
  strings,
  time,
} from './storedContent.ts';
import { invalid } from '../failures.ts';
import type { RegistryBrand } from '../arm/normalizeRegistry.ts';
import { record, text } from '../../common/json.ts';
import type { ArmSessions } from '../arm/sessions.ts';
import { createRegistryPipeline } from '../http/pipeline.ts';
import { checkedRepository, createRegistryConnection } from './connection.ts';
import { getManifest, headManifest } from './manifests.ts';
import { pullImage } from './pull.ts';
import { createTokenExchange, type TenantsWithoutAudience } from './tokenExchange.ts';

/** The user name that says "this password is a token". Source: Azure/acr docs/AAD-OAuth.md. */
const tokenUser = '00000000-0000-0000-0000-000000000000';
const defaultLimit = 10_000;
const pageSize = 500;

/** Opens registries' data planes; tokens of one registry are shared by everyone who opens it. */
export function createRegistryContents(
  access: AzureAccess,
  sessions: ArmSessions,
  brand: RegistryBrand,
): (registry: Registry) => RegistryContent {
  const pipeline = createRegistryPipeline(access);
  const withoutAudience: TenantsWithoutAudience = new Set();
  const open = new Map<string, RegistryContent>();

  return (registry) => {
    if (!brand.has(registry)) {
      throw invalid(
        'RegistryNotFromAzure',
        l10n.t('Registry {0} has not been read from Azure in this session. Refresh, then try again.', registry.name),
      );
    }
    const key = `${registry.id.toLowerCase()} ${registry.loginServer} ${registry.acceptsArmTokens}`;
    const known = open.get(key);
    if (known) return known;
    const { tokens, tenantId } = sessions.forResource(registry.id);
    const exchange = createTokenExchange(registry, access.cloud, tenantId, tokens, pipeline, withoutAudience);
    const content = createContent(registry.loginServer, pipeline, exchange);
    open.set(key, content);
    return content;
  };
}

function createContent(
  loginServer: string,
  pipeline: ReturnType<typeof createRegistryPipeline>,
  tokens: ReturnType<typeof createTokenExchange>,
): RegistryContent {
  const connection = createRegistryConnection(loginServer, pipeline, tokens);

  async function readReferences(name: string, digest: string, { signal }: CallOptions = {}): Promise<string[]> {
    const path = `/acr/v1/${name}/_manifests/${checkedDigest(digest)}`;
    const answer = await ifPresent(connection.getJson({ path, scope: metadataScope(name), signal }));
    return entries(record(record(answer)?.['manifest']) ?? {}, 'references').flatMap(
      (reference) => text(reference['digest']) ?? [],
    );
  }

  return {
    loginServer,

    repositories: ({ signal, limit = defaultLimit, onCut, onOddName } = {}) =>
      connection.getPages(
        { path: `/acr/v1/_catalog?n=${pageSize}`, scope: 'registry:catalog:*', signal },
        limit,
        (page) =>
          strings(page['repositories']).filter((name) => {
            const isFine = parseRepository(name).ok;
            if (!isFine) onOddName?.(name);
            return isFine;
          }),
        onCut,
      ),

    async repositoryExists(repository, { signal } = {}) {
      const name = checkedRepository(repository);
      const request = { path: `/acr/v1/${name}`, scope: metadataScope(name), signal };
      return (await ifPresent(connection.getJson(request))) !== undefined;
    },

    async tags(repository, { signal, limit = defaultLimit, onCut } = {}) {
      const name = checkedRepository(repository);
      return connection.getPages(
        {
          path: `/acr/v1/${name}/_tags?n=${Math.min(limit, pageSize)}&orderby=timedesc`,
          scope: metadataScope(name),
          signal,
        },
        limit,
        (page) =>
          entries(page, 'tags').flatMap((tag) => {
            const [tagName, digest, lastUpdated] = [
              text(tag['name']),
              text(tag['digest']),
              time(tag['lastUpdateTime']),
            ];
            return tagName && isTag(tagName) && digest && isDigest(digest)
              ? [{ name: tagName, digest, lastUpdated }]
              : [];
          }),
        onCut,
      );
    },

    async storedManifests(repository, { signal, limit = defaultLimit, onCut } = {}) {
      const name = checkedRepository(repository);
      return (await ifPresent(readStoredManifests(connection, name, { signal, limit, onCut }))) ?? [];
    },

    manifestReferences: async (repository, digest, options) =>
      readReferences(checkedRepository(repository), digest, options),

    async repositorySize(repository, { signal } = {}) {
      const name = checkedRepository(repository);
      const listed = { isCut: false };
      const options = { signal, limit: defaultLimit, onCut: () => void (listed.isCut = true) };
      const stored = (await ifPresent(readStoredManifests(connection, name, options))) ?? [];
      return listed.isCut ? undefined : storedBytes(stored, (digest) => readReferences(name, digest, { signal }));
    },

    deleteTag: (repository, tag, options) =>
      deleteIfPresent(connection, repository, (name) => `/acr/v1/${name}/_tags/${checkedTag(tag)}`, options),
    deleteManifest: (repository, digest, options) =>
      deleteIfPresent(connection, repository, (name) => `/v2/${name}/manifests/${checkedDigest(digest)}`, options),
    deleteRepository: (repository, options) =>
      deleteIfPresent(connection, repository, (name) => `/acr/v1/${name}`, options),

    headManifest: (repository, reference, options) => headManifest(connection, repository, reference, options),
    getManifest: (repository, reference, options) => getManifest(connection, repository, reference, options),
    pull: (repository, reference, options) => pullImage(connection, repository, reference, options),

    async loginCredentials({ signal } = {}) {
      return { username: tokenUser, password: await tokens.freshRefreshToken(signal) };
    },
  };
}
