import type { ErrorFields, ImportSnapshot } from '@sluice/core';

/** Failed, canceled, or completed with an item that failed. */
export function hasFailed({ state, items }: ImportSnapshot): boolean {
  return state === 'failed' || state === 'canceled' || items.some((item) => !item.ok);
}

/** The job's own error, or that of its first item that failed. */
export function errorOf({ error, items }: ImportSnapshot): ErrorFields | undefined {
  return error ?? items.flatMap((item) => (item.ok ? [] : [item.error]))[0];
}
