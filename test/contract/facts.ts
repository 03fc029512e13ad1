import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A row of docs/azure-facts.md. */
export interface Fact {
  readonly id: string;
  readonly fact: string;
  /** `D`, `S`, `I`, `?`, or several. */
  readonly mark: string;
}

/** All facts that the product relies on, in the order of the document. */
export function readFacts(): Fact[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'azure-facts.md'), 'utf8');
  return [...text.matchAll(/^\| `([a-z-]+)` *\| (.+?) *\| ([DSI?, ]+?) *\|/gm)].map(
    ([, id = '', fact = '', mark = '']) => ({ id, fact, mark }),
  );
}

/** Facts without a probe, and why. */
export const unprobed: Readonly<Record<string, string>> = {
  'azapi-looks-first': 'It is a fact about Terraform.',
  'trusted-services': 'It needs a Premium registry behind a network rule.',
  'soft-delete': 'It needs a registry with a preview feature, and days.',
  'one-tenant': 'It needs a second subscription and a second tenant.',
  'cloud-endpoints': 'They are the endpoints that the run itself uses.',
  'aks-managed-rule': 'It needs a network-isolated AKS cluster.',
  'deny-audit': 'It needs a deny assignment that only logs.',
  'principal-names': 'It needs a right to read the directory, which an owner of a subscription may lack.',
  'abac-switch-clients': 'It is a fact about other clients.',
};
