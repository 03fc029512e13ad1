/** Whether a scope is the other or an ancestor of it, in any casing: `/`, a subscription, a resource group, a resource. */
export function isAtOrAbove(ancestor: string, scope: string): boolean {
  const above = trimmed(ancestor);
  const below = trimmed(scope);
  return above === '' || above === below || below.startsWith(`${above}/`);
}

/** In lower case, without slashes at the end. */
export function trimmed(scope: string): string {
  return scope.toLowerCase().replace(/\/+$/, '');
}
