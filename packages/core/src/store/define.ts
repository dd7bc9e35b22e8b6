import type * as z from 'zod';
import { invalidInput } from '../model/issues.js';
import type { Store } from './contract.js';

/** Where a store stands: what relative paths count from, and where state lives when no path is set. Absolute paths. */
export interface StorePlace {
  directory: string;
  stateDirectory: string;
}

/** What the author of a store writes. */
export interface StoreDefinition<Settings extends z.ZodObject> {
  name: string;
  /** Unknown keys are refused. */
  settings: Settings;
  /** Must not do I/O before the first call of a method: errors belong to calls. */
  open(settings: z.output<Settings>, place: StorePlace | undefined): Store;
}

const brand = Symbol.for('sluice.store');

/** What {@link defineStore} makes: call it with settings for a store. */
export interface StoreFactory<Settings extends z.ZodObject = z.ZodObject> {
  (settings: z.input<Settings>, place?: StorePlace): Store;
  readonly settings: z.ZodObject;
  readonly storeName: string;
}

/**
 * Makes a store that code calls with its settings and a configuration names by its package.
 * @throws SluiceError (the factory it returns) `invalid-request` that names the setting
 */
export function defineStore<Settings extends z.ZodObject>(
  definition: StoreDefinition<Settings>,
): StoreFactory<Settings> {
  const settings = definition.settings.strict();
  const open = (input: z.input<Settings>, place?: StorePlace): Store => {
    const checked = settings.safeParse(input);
    if (checked.error) {
      throw invalidInput(checked.error, { prefix: definition.name, known: Object.keys(settings.shape) });
    }
    return definition.open(definition.settings.parse(input), place);
  };
  return Object.assign(open, { settings, storeName: definition.name, [brand]: true });
}

/** True for what {@link defineStore} made, also by another copy of this package. */
export function isStoreFactory(value: unknown): value is StoreFactory {
  return typeof value === 'function' && brand in value;
}
