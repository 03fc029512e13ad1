import type { Command } from '../services/services.ts';

/** One document with everything about a rule. */
export const openRule: Command = async (services, node) =>
  (await import('../reports/ruleDocument.lazy.ts')).openRule(services, node);

/** Reads what a report shows again. */
export const refreshReport: Command = async (services, node) =>
  (await import('../reports/reportCommands.lazy.ts')).refreshReport(services, node);

export const copyReport: Command = async (services, node) =>
  (await import('../reports/reportCommands.lazy.ts')).copyReport(services, node);

/** A link that opens the rule's document in another VS Code. */
export const copyRuleLink: Command = async (services, node) =>
  (await import('../reports/reportCommands.lazy.ts')).copyRuleLink(services, node);

export const diagnoseRule: Command = async (services, node) =>
  (await import('../diagnosis/diagnose.lazy.ts')).diagnoseRule(services, node);

export const diagnoseRegistry: Command = async (services, node) =>
  (await import('../diagnosis/diagnose.lazy.ts')).diagnoseRegistry(services, node);

/** What the last diagnosis found, with its repairs. */
export const showChecks: Command = async (services, node) =>
  (await import('../diagnosis/diagnose.lazy.ts')).showChecks(services, node);

export const explainPullError: Command = async (services, node) =>
  (await import('../diagnosis/explainPull.lazy.ts')).explainPullError(services, node);
