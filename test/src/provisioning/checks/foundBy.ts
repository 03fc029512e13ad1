import type { Azure } from '../../../../src/azure/azure.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { factsOfRule } from '../../../../src/provisioning/checks/facts.ts';
import { ruleChecks } from '../../../../src/provisioning/checks/index.ts';
import { runCheck } from '../../../../src/provisioning/diagnosis/runCheck.ts';
import { failure, fakeAzure, link, ruleOf, type State } from '../requirements/fakeAzure.ts';

/** A check, what is so, and of which Azure that is; `more`: further parts of it. */
export type Case = readonly [check: string, what: string, state: State, more?: object];

/** Verdict and code of one check of the rule, and the repair that it offers. */
export async function foundBy([id, what, state, more = {}]: Case): Promise<string> {
  const { azure } = fakeAzure(state);
  const cacheRules = { ...azure.cacheRules, serviceVersions: () => ['v'] };
  const facts = factsOfRule({ ...azure, cacheRules, ...more } as object as Azure, ruleOf().id);
  const check = ruleChecks.find((one) => one.id === id);
  if (!check) throw new Error(`There is no check ${id}.`);
  const { verdict, code, repair, evidence } = await runCheck(check, facts);
  const steps = repair && [...repair.once(repair.link), ...(repair.each?.(repair.link) ?? [])].map((one) => one.id);
  const parts = [`${id}, ${what}: ${verdict} ${code}`, evidence.length > 0 && `evidence ${evidence.length}`];
  return [
    ...parts,
    repair && `${repair.id}: ${repair.link.access}, ${repair.confirmation ? 'asks, ' : ''}${steps?.join(' ')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

export const rule = (...changes: Partial<CacheRule>[]): State => ({ rules: changes.map(ruleOf) });
export const without = (part: keyof CacheRule, change: Partial<CacheRule> = {}): State => ({
  rules: [{ ...ruleOf(change), [part]: undefined }],
});
export const registry = (change: object): State => ({ rules: [ruleOf()], registry: change });
export const fails = (client: string, method: string, error: Error): State => ({
  rules: [ruleOf()],
  with: () => ({ [client]: { [method]: () => Promise.reject(error) } }),
});
export const gone = failure('ResourceNotFound', 'notFound');
export const busy = failure('Busy');
export const from = (host: string): Partial<CacheRule> => ({ sourceRepository: `${host}/myapp` });
/** A rule of every repository. */
export const all: State = {
  rules: [ruleOf({ sourceRepository: `${link.source.loginServer}/*`, targetRepository: 'x/*' })],
};
/** A rule without an identity. */
export const none = without('identity');
