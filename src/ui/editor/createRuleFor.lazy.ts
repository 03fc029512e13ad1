import * as vscode from 'vscode';
import { sameArmId } from '../../domain/armId.ts';
import { parseImageReference } from '../../domain/imageReference.ts';
import type { CachedUse, Resolution } from '../../inventory/resolutionTypes.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { showOtherUpstream } from '../export/otherUpstream.lazy.ts';
import { pickRegistry } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';
import { indexedResolver } from '../services/indexedResolver.ts';
import { showInformationMessage } from '../shared/messages.ts';
import type { Services } from '../services/services.ts';
import type { SetUpSeed } from '../setUp/setUp.ts';
import { shownImage } from './words.ts';

/**
 * Opens the setup for an image that a file names; `node` is `{image, downstreamId?}`. Says why where there can be no such rule.
 * @throws Error if the image cannot be read; as `runSetUp`
 */
export async function createRuleFor(services: Services, node: unknown): Promise<void> {
  const image = parseImageReference(textOf(node, 'image') ?? '');
  if (!image.ok) throw new Error(image.problem.message);
  const { resolver } = await indexedResolver(services);
  const resolution = resolver.resolve(image.value);
  const downstreamId = textOf(node, 'downstreamId');
  const use = resolution.cachedBy.find(
    ({ entry }) => downstreamId === undefined || sameArmId(entry.registry.id, downstreamId),
  );
  if (use && !(await wantsAnother(use, resolution))) return;
  if (resolution.upstream?.kind === 'catalogue') return showCommands(services, resolution, downstreamId);
  const seed = seedFor(services, resolution, downstreamId);
  if (!seed) return explain(resolution);
  const { runSetUp } = await import('../setUp/setUp.ts');
  await runSetUp(services, seed);
}

async function wantsAnother({ match, entry }: CachedUse, { image }: Resolution): Promise<boolean> {
  const another = vscode.l10n.t('Create Another Rule');
  const text = vscode.l10n.t(
    'Cache rule {0} in {1} already covers {2}.',
    match.rule.name,
    entry.registry.name,
    shownImage({ host: image.host, repository: image.repository }),
  );
  return (await showInformationMessage(text, another)) === another;
}

/** Undefined: a registry of Azure is not where the image comes from. */
function seedFor(services: Services, resolution: Resolution, wanted: string | undefined): SetUpSeed | undefined {
  const { upstream, image, entry, verdict } = resolution;
  // The name is one of a cache, and only the user knows what it should come from.
  if (verdict === 'unserved' && entry) return { downstreamId: entry.registry.id };
  if (upstream?.kind !== 'registry') return undefined;
  const upstreamId = upstream.entry.registry.id;
  const downstreamId = wanted ?? obviousDownstream(services, upstreamId)?.registry.id;
  return {
    upstreamId,
    sourceRepositories: [image.repository],
    downstreamId,
  };
}

/** The only other registry that has cache rules; if none has, the only other registry. */
function obviousDownstream({ inventory }: Services, upstreamId: string): RegistryEntry | undefined {
  const others = [...inventory.state.registries.values()].filter(({ registry }) => !sameArmId(registry.id, upstreamId));
  const caches = others.filter(({ rules }) => rules !== undefined && rules.length > 0);
  const candidates = caches.length > 0 ? caches : others;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** For an upstream outside Azure's registries: what to run instead of the setup. */
async function showCommands(
  services: Services,
  { upstream, image }: Resolution,
  wanted: string | undefined,
): Promise<void> {
  if (upstream?.kind !== 'catalogue') return;
  const node = wanted === undefined ? undefined : { registryId: wanted };
  const downstream = await pickRegistry(services, node, vscode.l10n.t('Show az Commands'));
  const source = { kind: 'repository', repository: image.repository } as const;
  await showOtherUpstream(services, downstream, { upstream: upstream.upstream, host: image.host, source });
}

async function explain({ image }: Resolution): Promise<void> {
  await showInformationMessage(
    vscode.l10n.t(
      'To create a cache rule for {1}, sign in to an account that can see the registry {0}, or select its subscription.',
      image.host,
      shownImage({ host: image.host, repository: image.repository }),
    ),
  );
}
