/** Why a text or value was not accepted. `message` is localized, complete, and safe to show. */
export interface Problem {
  /** Stable identifier for tests, for example `repository.hasTag`. */
  readonly code: string;
  readonly message: string;
}

/** The result of reading untrusted text: a value, or the reason in words. Parsing never throws. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function rejected(code: string, message: string): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { code, message } };
}
