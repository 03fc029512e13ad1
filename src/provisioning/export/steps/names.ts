import { armIdKey, armIdResourceGroup, armIdSubscription } from '../../../domain/armId.ts';
import type { CacheLink } from '../../types.ts';
import type { ExportDocument } from '../document.ts';

/** Symbolic name of the link's identity. */
export function identitySymbol(link: CacheLink, document: ExportDocument): string {
  return document.symbol('identity', armIdKey(link.authentication.identityId));
}

/** Symbolic name of the link's upstream registry. */
export function upstreamSymbol(link: CacheLink, document: ExportDocument): string {
  return document.symbol('upstream', armIdKey(link.source.id));
}

/** Whether the identity is in the resource group that a template for the downstream registry is deployed to. */
export function isBesideDownstream(link: CacheLink): boolean {
  return groupKey(link.authentication.identityId) === groupKey(link.downstream.id);
}

function groupKey(id: string): string {
  return `${armIdSubscription(id)}/${armIdResourceGroup(id)}`.toLowerCase();
}
