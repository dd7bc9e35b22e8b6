let known: { fetch: unknown; own: boolean } | undefined;

/**
 * True while the global fetch is Node's own, which its text tells: another one may have been put in its place before this was
 * loaded. One that cannot be told counts as another.
 */
export function isOwnFetch(): boolean {
  const { fetch } = globalThis;
  if (known?.fetch !== fetch)
    known = { fetch, own: Function.prototype.toString.call(fetch).includes('internal/deps/undici') };
  return known.own;
}
