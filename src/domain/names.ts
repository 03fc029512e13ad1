import * as l10n from '@vscode/l10n';
import { trimOf } from '../common/trim.ts';
import { isTag, parseRepository } from './imageReference.ts';
import type { Problem } from './parsed.ts';

/** Azure's limits: rest-api-specs of Microsoft.ContainerRegistry, and "Naming rules and restrictions for Azure resources". */

/** 5–50 letters, digits and hyphens. */
export function checkCacheRuleName(text: string): Problem | undefined {
  return (
    checkLength('ruleName', text, 5, 50) ??
    check('ruleName.characters', /^[A-Za-z0-9-]+$/.test(text), l10n.t('Use only letters, digits and hyphens.'))
  );
}

/** 3–128 letters, digits, hyphens and underscores, starting with a letter or digit. */
export function checkIdentityName(text: string): Problem | undefined {
  return (
    checkLength('identityName', text, 3, 128) ??
    check('identityName.start', /^[A-Za-z0-9]/.test(text), l10n.t('Start with a letter or a digit.')) ??
    check(
      'identityName.characters',
      /^[A-Za-z0-9_-]+$/.test(text),
      l10n.t('Use only letters, digits, hyphens and underscores.'),
    )
  );
}

/** One repository: lower-case path without tag, digest or wildcard, up to 255 characters. */
export function checkRepositoryName(text: string): Problem | undefined {
  const parsed = parseRepository(text);
  return parsed.ok ? undefined : parsed.problem;
}

/** A tag: up to 128 letters, digits, `_`, `.` and `-`. */
export function checkTagName(text: string): Problem | undefined {
  return check(
    'tag.characters',
    isTag(text),
    l10n.t('A tag has up to 128 letters, digits, "_", "." and "-", and does not start with "." or "-".'),
  );
}

/**
 * A valid, free cache rule name for a source such as `upstreamregistry.example/team/*`: registry, then repository.
 * `taken`: names in use, in any casing.
 */
export function suggestRuleName(source: string, taken: ReadonlySet<string>): string {
  const slash = source.indexOf('/');
  const registry = source.slice(0, slash < 0 ? 0 : slash).split(/[.:]/)[0] ?? '';
  const path = source.slice(slash + 1).replace(/(^|\/)\*$/, '$1all');
  const full = hyphenated(`${registry}-${path}`);
  // The end of a path says more than its beginning.
  const base = full.length <= 50 ? full : trimHyphens(full.slice(-50));
  const padded = base.length >= 5 ? base : trimHyphens(`cache-${base}`);
  const lower = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const ending = number === 1 ? '' : `-${number}`;
    const name = `${trimHyphens(padded.slice(0, 50 - ending.length))}${ending}`;
    if (!lower.has(name.toLowerCase())) return name;
  }
}

/** A valid identity name that says what the identity is for: `id-<downstream>-from-<upstream>`. */
export function suggestIdentityName(downstreamName: string, upstreamName: string): string {
  return trimHyphens(`id-${hyphenated(downstreamName).slice(0, 50)}-from-${hyphenated(upstreamName).slice(0, 50)}`);
}

function hyphenated(text: string): string {
  return trimHyphens(text.slice(0, 1024).replace(/[^A-Za-z0-9]+/g, '-'));
}

function trimHyphens(text: string): string {
  return trimOf(text, '-');
}

function check(code: string, isFine: boolean, message: string): Problem | undefined {
  return isFine ? undefined : { code, message };
}

function checkLength(kind: string, text: string, min: number, max: number): Problem | undefined {
  const isFine = text.length >= min && text.length <= max;
  return check(`${kind}.length`, isFine, l10n.t('Use {0} to {1} characters; this has {2}.', min, max, text.length));
}
