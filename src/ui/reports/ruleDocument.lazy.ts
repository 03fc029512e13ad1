import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { armIdKey, armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { isSameRule } from '../../domain/sameRule.ts';
import { findRule } from '../../inventory/knowledge.ts';
import {
  keepEarlier,
  readRuleReport,
  type RuleReport,
  unreadReport,
  valueOf,
} from '../../provisioning/ruleReport/readRuleReport.ts';
import { ruleReportMarkdown } from '../../provisioning/ruleReport/ruleReportMarkdown.ts';
import { clientName } from '../shared/clientName.ts';
import { explainError } from '../shared/errors.ts';
import { localTime } from '../shared/localDate.ts';
import { withProgress } from '../shared/messages.ts';
import { pickRule } from '../pages/pickResource.ts';
import { quietly } from '../shared/quietly.ts';
import { reportUri } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { lastPull, onDidPull } from './pulls.ts';

/** Documents that are open, by address. */
const open = new Map<string, RuleDocument>();

/** Opens the document of a rule: at once with what is known, the rest as it arrives. @throws AzureError; CancellationError */
export async function openRule(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Open Cache Rule'));
  const uri = reportUri('rule', rule.id);
  const document = ruleDocument(services, uri, rule.id);
  await services.documents.showReport(uri, document.text);
  await document.read(await services.azure());
}

/** Reads everything about the rule into its document; a read of the same document that is still running gives way. */
export function readRuleDocument(services: Services, azure: Azure, uri: vscode.Uri, ruleId: string): Promise<void> {
  return ruleDocument(services, uri, ruleId).read(azure);
}

/** The document of an editor that VS Code has brought back: with what is known, and read again if somebody is signed in. */
export function restoreRuleDocument(services: Services, uri: vscode.Uri, ruleId: string): string {
  const document = ruleDocument(services, uri, ruleId);
  document.readAgain();
  return document.text;
}

/** What is known of the rule, as its document begins. */
export function knownText(services: Services, ruleId: string): string {
  return textOf(withKnown(services, unreadReport(asWritten(services, ruleId))));
}

function ruleDocument(services: Services, uri: vscode.Uri, ruleId: string): RuleDocument {
  const key = uri.toString();
  const document = open.get(key) ?? new RuleDocument(services, uri, ruleId);
  open.set(key, document);
  return document;
}

/** The document of one rule while it is open: painted anew whenever more is known of the rule, and read again after a pull. */
class RuleDocument {
  readonly #services: Services;
  readonly #uri: vscode.Uri;
  readonly #listening: readonly { dispose(): unknown }[];
  #report: RuleReport;
  /** As the inventory had it when the document was painted last. */
  #rule: CacheRule | undefined;
  #run: AbortController | undefined;
  #isClosed = false;

  constructor(services: Services, uri: vscode.Uri, id: string) {
    const ruleId = asWritten(services, id);
    this.#services = services;
    this.#uri = uri;
    this.#report = unreadReport(ruleId);
    this.#rule = findRule(services.inventory.state, ruleId)?.rule;
    this.#listening = [
      services.inventory.onDidChange(({ registryId }) => {
        // Those of a thousand other registries are told one by one.
        if (registryId === undefined || sameArmId(registryId, parentArmId(ruleId))) this.#follow();
      }),
      onDidPull((key) => {
        if (key === armIdKey(ruleId)) this.readAgain();
      }),
      services.documents.onDidClose((closed) => {
        if (closed.toString() === uri.toString()) this.#close();
      }),
    ];
  }

  get text(): string {
    return textOf(withKnown(this.#services, this.#report));
  }

  async read(azure: Azure): Promise<void> {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    const { ruleId } = this.#report;
    const before = this.#report;
    const paint = (report: RuleReport): void => {
      if (run.signal.aborted) return;
      this.#report = keepEarlier(report, before);
      this.#paint();
    };
    try {
      await withProgress(
        { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Loading {0}', armIdName(ruleId)) },
        async () => paint(await readRuleReport(azure, ruleId, { signal: run.signal, onPart: paint })),
      );
    } catch (error) {
      // Nobody waits for it any more: the document was closed, or is being read again.
      if (!run.signal.aborted) throw error;
    }
  }

  /** Reads without asking anybody to sign in; what stands in the way is said in the document. */
  readAgain(): void {
    void quietly(() => this.#readQuietly());
  }

  async #readQuietly(): Promise<void> {
    const { account, log } = this.#services;
    try {
      const azure = await account.connect();
      if (this.#isClosed) return;
      if (azure) await this.read(azure);
      else this.#say(vscode.l10n.t('Sign in to Azure, then refresh this document.'));
    } catch (error) {
      log.warn(`Reading ${this.#report.ruleId}: ${explainError(error)}`);
      this.#say(explainError(error));
    }
  }

  #say(notice: string): void {
    this.#report = { ...this.#report, notice };
    this.#paint();
  }

  /** The rule itself may be another one by now, which is read. */
  #follow(): void {
    const rule = findRule(this.#services.inventory.state, this.#report.ruleId)?.rule;
    const isChanged = rule !== undefined && this.#rule !== undefined && !isSameRule(rule, this.#rule);
    this.#rule = rule ?? this.#rule;
    if (isChanged) this.readAgain();
    else this.#paint();
  }

  #paint(): void {
    if (!this.#isClosed) this.#services.documents.update(this.#uri, this.text);
  }

  #close(): void {
    this.#isClosed = true;
    this.#run?.abort();
    for (const listener of this.#listening) listener.dispose();
    open.delete(this.#uri.toString());
  }
}

function textOf(report: RuleReport): string {
  return ruleReportMarkdown(report, { client: clientName(), time: localTime });
}

/** With the verdict on the rule and its last pull; until the rule itself is read, what the tree knows stands for it. */
function withKnown({ inventory }: Pick<Services, 'inventory'>, read: RuleReport): RuleReport {
  const { ruleId, mapping } = read;
  const known = findRule(inventory.state, ruleId);
  const report = { ...read, knowledge: inventory.knowledge(ruleId), pull: lastPull(ruleId, known?.rule) };
  const isGone = !known && inventory.entry(parentArmId(ruleId) ?? '')?.rulesFreshness === 'current';
  if (isGone) return { ...report, notice: vscode.l10n.t('This cache rule was deleted.') };
  if (!known || valueOf(mapping) !== undefined || mapping.state === 'ready') return report;
  return { ...report, mapping: { ...mapping, earlier: { rule: known.rule, registry: known.entry.registry } } };
}

/** The id as Azure writes it: that of a document's address is in lower case. */
function asWritten({ inventory }: Pick<Services, 'inventory'>, ruleId: string): string {
  return findRule(inventory.state, ruleId)?.rule.id ?? ruleId;
}
