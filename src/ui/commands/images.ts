import type { Command } from '../services/services.ts';

/** What hovers, lenses and quick fixes of files run. */

export const createRuleFor: Command = async (services, node) =>
  (await import('../editor/createRuleFor.lazy.ts')).createRuleFor(services, node);

/** Pulls an image of a file through its rule and proves that it is cached. */
export const pullImage: Command = async (services, node) =>
  (await import('../verify/pullImage.ts')).pullImage(services, node);

export const useCachedReference: Command = async (services, node) =>
  (await import('../workspace/useCached/useCached.lazy.ts')).useCachedReference(services, node);

export const useCachedInWorkspace: Command = async (services, node) =>
  (await import('../workspace/useCached/useCached.lazy.ts')).useCachedInWorkspace(services, node);

export const findRuleReferences: Command = async (services, node) =>
  (await import('../workspace/scan/findRuleReferences.lazy.ts')).findRuleReferences(services, node);
