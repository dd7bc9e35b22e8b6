import type { FireworkProduct, FireworkStore } from './settings.js';

/** What a request says of products. */
interface ProductWishes {
  business_store_id?: string;
  product_ids?: readonly string[];
  video_hidden?: boolean;
}

/** The products of a video. */
export interface TaggedProducts {
  /** Firework's own ids, in order. */
  productIds: string[];
  hiddenProductIds: string[];
}

/**
 * The Product Tagging Rules (page, 6.6): the list replaces what was tagged, unknown identifiers are skipped, duplicates
 * dropped, the order kept; unit identifiers tag their product; `video_hidden` holds for all, and is kept where it isn't said.
 */
export function tagProducts(
  stores: readonly FireworkStore[],
  { business_store_id, product_ids, video_hidden }: ProductWishes,
  before: TaggedProducts,
): TaggedProducts {
  const store = business_store_id === undefined ? stores[0] : stores.find(({ id }) => id === business_store_id);
  const found = product_ids?.flatMap((name) => store?.products.find((product) => isCalled(product, name))?.id ?? []);
  const productIds = found ? [...new Set(found)] : before.productIds;
  const stay = productIds.filter((id) => before.hiddenProductIds.includes(id));
  return { productIds, hiddenProductIds: video_hidden === undefined ? stay : video_hidden ? productIds : [] };
}

function isCalled({ id, externalId, units = [] }: FireworkProduct, name: string): boolean {
  if (id === name || externalId === name) return true;
  return units.some((unit) => [unit.externalId, unit.gtin, unit.sku, unit.mpn].includes(name));
}
