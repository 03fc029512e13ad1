import { escapeMarkdown } from '../../common/markdown.ts';

/** The commands that our hovers may run; VS Code refuses every other. */
export const hoverCommands = [
  'acrCache.openRule',
  'acrCache.diagnoseRule',
  'acrCache.showChecks',
  'acrCache.pullImage',
  'acrCache.findRuleReferences',
  'acrCache.useCachedReference',
  'acrCache.createRuleFor',
  'acrCache.signIn',
  'acrCache.refresh',
] as const;

export type HoverCommand = (typeof hoverCommands)[number];

/**
 * A link of Markdown that runs one of our commands.
 * @param title our own words
 * @param argument ids and values we parsed; every character that could end the link is encoded
 */
export function commandLink(
  title: string,
  command: HoverCommand,
  argument?: Readonly<Record<string, unknown>>,
): string {
  const query = argument === undefined ? '' : `?${encode(JSON.stringify([argument]))}`;
  return `[${escapeMarkdown(title)}](command:${command}${query})`;
}

/** Resource groups may have parentheses in their names, which `encodeURIComponent` leaves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
