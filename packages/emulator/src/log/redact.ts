/** Query parameters that are shown as they are: none of them can carry a secret. */
const OPEN_PARAMETERS = new Set(['id', 'rate', 'length', 'head', 'list-type', 'prefix', 'x-id', 'limit', 'partNumber']);

/** A URL without its credentials and its query, fit for a log. What is no URL is not shown at all. */
export function safeUrl(text: string): string {
  if (!URL.canParse(text)) return '***';
  const url = new URL(text);
  const credentials = url.username || url.password ? '***@' : '';
  const query = url.search ? '?***' : '';
  return `${url.protocol}//${credentials}${url.host}${url.pathname}${query}`;
}

/** A request's path and query, fit for a log: signatures, keys and queries of source URLs become `***`. */
export function safePath(pathAndQuery: string): string {
  const cut = pathAndQuery.indexOf('?');
  if (cut < 0) return pathAndQuery;
  const shown = [...new URLSearchParams(pathAndQuery.slice(cut + 1))].map(([name, value]) => {
    if (OPEN_PARAMETERS.has(name)) return `${name}=${value}`;
    return name === 'url' ? `url=${safeUrl(value)}` : `${name}=***`;
  });
  return `${pathAndQuery.slice(0, cut)}?${shown.join('&')}`;
}
