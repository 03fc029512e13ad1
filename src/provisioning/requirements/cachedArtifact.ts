import * as l10n from '@vscode/l10n';
import type { Platform } from '../../azure/azure.ts';
import { mapTargetToSource } from '../../domain/ruleMatching.ts';
import { quote } from '../export/quote.ts';
import { requirementsOf } from '../graph.ts';
import { readRegistry } from '../reads.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../types.ts';
import { verifyCached, type VerifyRequest } from '../verify.ts';

/** One artifact of the downstream that a mapping of the link serves. */
export interface Artifact {
  /** In the downstream: `myapp`. */
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
  readonly platform?: Platform;
}

/** The artifact can be pulled through the link and is held by the downstream. Needs everything else. */
export function cachedArtifact(link: CacheLink, artifact: Artifact): Requirement {
  const { repository, reference } = artifact;
  const image = `${link.downstream.loginServer}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  return {
    id: `cachedArtifact:${repository}:${reference}`,
    kind: 'cachedArtifact',
    needs: requirementsOf(link).map((requirement) => requirement.id),
    describe: () => ({
      title: l10n.t('Image {0}', image),
      todo: l10n.t('Pull {0}, so that it is cached.', image),
      done: l10n.t('{0} is cached.', image),
      undo: l10n.t('Leave {0} in the registry.', image),
    }),

    inspect: (context) => inspect(context, requestFor(link, artifact)),

    async satisfy(context) {
      const registry = await readRegistry(context, link.downstream.id);
      const { platform } = artifact;
      await context.azure
        .registry(registry)
        .pull(repository, reference, { signal: context.signal, ...(platform ? { platform } : {}) });
      const proof = await verifyCached(context.azure, requestFor(link, artifact), {
        signal: context.signal,
        onProgress: (message) => context.report(message),
      });
      if (proof.verdict !== 'cached') throw new Error(proof.sentence);
    },

    revoke: () => Promise.resolve({ gone: false, reason: l10n.t('{0} stays in the registry.', image) }),
    // A template deploys, it does not pull.
    export: (_, language) =>
      language === 'bash' || language === 'powershell' ? `docker pull ${quote(image, language)}` : undefined,
  };
}

/** What `verifyCached` needs to know of the artifact: also where its rule fetches it from. */
export function requestFor(link: CacheLink, artifact: Artifact): VerifyRequest {
  const source = link.mappings
    .map((mapping) => mapTargetToSource(mapping, artifact.repository))
    .find((found) => found !== undefined);
  return {
    downstreamId: link.downstream.id,
    ...artifact,
    ...(source === undefined ? {} : { upstream: { id: link.upstream.id, repository: source } }),
  };
}

async function inspect(context: WalkContext, request: VerifyRequest): Promise<Inspection> {
  const proof = await verifyCached(context.azure, request, { signal: context.signal, timeoutMs: 0 });
  const { evidence, sentence: reason } = proof;
  if (proof.verdict === 'cached') return { verdict: 'satisfied', reason, evidence };
  return {
    verdict: proof.verdict === 'proxied' || proof.problem?.mayPass ? 'missing' : 'conflicting',
    reason,
    evidence,
  };
}
