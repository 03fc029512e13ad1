import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName, sameArmId } from '../../domain/armId.ts';
import { requirementsOf } from '../requirements/requirementsOf.ts';
import type { CacheLink, ExportLanguage } from '../types.ts';
import { armTemplate, type ArmPart } from './armTemplate.ts';
import { commentOf } from './comment.ts';
import { createExportDocument, type ExportDocument } from './document.ts';
import { assign, quote, type ShellLanguage } from './quote.ts';
import { armFrame, bicepFrame, deployCommand } from './templates.ts';
import { terraformFrame } from './terraform.ts';

type Links = readonly [CacheLink, ...CacheLink[]];

/** The link as code, its steps in the order of the graph. Deterministic. */
export function exportScript(link: CacheLink, language: ExportLanguage): string {
  return write([link], language);
}

/**
 * Links of one downstream registry in one text. Those that share upstream, identity and access form become one, so that the identity
 * gets one role assignment whose condition names all repositories.
 * @throws RangeError for no link, or links of several downstream registries: a template is deployed to one resource group
 */
export function exportRegistry(links: readonly CacheLink[], language: ExportLanguage): string {
  const [first, ...others] = mergeLinks(links);
  if (!first || others.some((link) => !sameArmId(link.downstream.id, first.downstream.id)))
    throw new RangeError('Links of one downstream registry are needed.');
  return write([first, ...others], language);
}

/** Links with the same registries, identity and access form as one link with all their mappings. */
function mergeLinks(links: readonly CacheLink[]): CacheLink[] {
  const merged = new Map<string, CacheLink>();
  for (const link of links) {
    const key = [
      armIdKey(link.downstream.id),
      armIdKey(link.source.id),
      armIdKey(link.authentication.identityId),
      link.access,
    ].join();
    const known = merged.get(key);
    if (!known) {
      merged.set(key, link);
      continue;
    }
    const names = new Set(known.mappings.map(({ ruleName }) => ruleName.toLowerCase()));
    merged.set(key, {
      ...known,
      authentication: { ...link.authentication, ...known.authentication },
      mappings: [...known.mappings, ...link.mappings.filter(({ ruleName }) => !names.has(ruleName.toLowerCase()))],
      allowAbacSwitch: Boolean(known.allowAbacSwitch ?? link.allowAbacSwitch),
      allowFeatureRegistration: Boolean(known.allowFeatureRegistration ?? link.allowFeatureRegistration),
    });
  }
  return [...merged.values()];
}

function write(links: Links, language: ExportLanguage): string {
  const document = createExportDocument();
  switch (language) {
    case 'bash':
    case 'powershell':
      return join([shellFrame(links, language), ...links.flatMap((link) => shellSteps(link, language, document))]);
    case 'bicep':
      return writeBicep(links, document);
    case 'arm':
      return writeArm(links, document);
    case 'terraform': {
      const frame = terraformFrame(links, document);
      return join([
        about(links, language, [existingNote(), importNote()]),
        ...frame,
        ...steps(links, language, document),
      ]);
    }
  }
}

/** Each step below its title. */
function steps(links: Links, language: Exclude<ExportLanguage, 'arm'>, document: ExportDocument): string[] {
  return links.flatMap((link) =>
    requirementsOf(link).flatMap((requirement) => {
      const code = requirement.export?.(link, language, document);
      return code === undefined ? [] : [`${commentOf(requirement.describe().title, language)}\n${code}`];
    }),
  );
}

/** What the text does and what it needs, as a comment. */
function about(links: Links, language: Exclude<ExportLanguage, 'arm'>, more: readonly string[]): string {
  return commentOf([...summary(links), ...more].join('\n'), language);
}

function summary(links: Links): string[] {
  const lines = links.map((link) =>
    l10n.t('Caches repositories of {0} in {1}.', link.source.loginServer, link.downstream.loginServer),
  );
  return [...new Set(lines)];
}

function existingNote(): string {
  return l10n.t(
    'A role assignment that exists under another name is refused as a duplicate (RoleAssignmentExists): import or delete it first.',
  );
}

/** azapi looks before it makes a resource (azapi_resource, ImportAsExistsError). */
function importNote(): string {
  return l10n.t('A cache rule of the same name is not overwritten: Terraform stops and asks to import it.');
}

/** A template cannot ask before it writes. */
function overwritingNote(): string {
  return l10n.t(
    'A cache rule of the same name is overwritten without a question: make sure first that none of these names is taken, for example with az acr cache list.',
  );
}

/** `--identity` of `az acr cache create` exists from Azure CLI 2.85.0 on (release notes 2026-04-07). */
function shellFrame(links: Links, language: ShellLanguage): string {
  const text = about(links, language, [
    l10n.t('Needs Azure CLI 2.85.0 or later, signed in with az login to the cloud and tenant of both registries.'),
  ]);
  return language === 'bash'
    ? // Git's bash on Windows would take resource ids for paths.
      `#!/usr/bin/env bash\n${text}\nset -euo pipefail\nexport MSYS_NO_PATHCONV=1`
    : `${text}\n$ErrorActionPreference = 'Stop'\n$PSNativeCommandUseErrorActionPreference = $true`;
}

function shellSteps(link: CacheLink, language: ShellLanguage, document: ExportDocument): string[] {
  const upstream = [
    commentOf(l10n.t('Upstream registry {0}', armIdName(link.source.id)), language),
    assign('UPSTREAM_ID', quote(link.source.id, language), language),
  ].join('\n');
  return [upstream, ...steps([link], language, document)];
}

/** A Bicep module is a file of its own: the text holds all files, each below a line that names it. */
function writeBicep(links: Links, document: ExportDocument): string {
  const frame = bicepFrame(links, document);
  const main = [...frame, ...steps(links, 'bicep', document)];
  const files = [['main.bicep', join(main)], ...document.files];
  const header = about(links, 'bicep', [
    l10n.t(
      'This text holds {0} files, since Bicep writes into another resource group only by a module: save what follows each line "=====" under the name it gives, all in one folder. Then:',
      files.length,
    ),
    deployCommand(links[0], 'main.bicep'),
    existingNote(),
    overwritingNote(),
  ]);
  return join([header, ...files.map(([name = '', text = '']) => `// ===== ${name} =====\n${text.trimEnd()}`)]);
}

function writeArm(links: Links, document: ExportDocument): string {
  const parts = links.flatMap((link) =>
    requirementsOf(link).flatMap((requirement): ArmPart[] => {
      const code = requirement.export?.(link, 'arm', document);
      // Written by `armPart` in this run.
      return code === undefined ? [] : [JSON.parse(code) as ArmPart];
    }),
  );
  const notes = [...summary(links), deployCommand(links[0], 'azuredeploy.json'), existingNote(), overwritingNote()];
  return `${JSON.stringify(armTemplate([armFrame(links, document), ...parts], notes.join('\n')), null, 2)}\n`;
}

function join(sections: readonly string[]): string {
  return `${sections.join('\n\n')}\n`;
}
