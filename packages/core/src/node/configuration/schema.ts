import * as z from 'zod';

/** A package and its settings: all that stands beside `adapter` is for the package to read. */
export const packageEntry = z.looseObject({ adapter: z.string().min(1) });

/** How `sluice.config.{ts,js,json}` is read; unknown keys are refused. */
export const configurationSchema = z.strictObject({
  $schema: z.string().optional(),
  default: z.string().optional(),
  providers: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name is made of letters, digits, ".", "_" and "-"'),
      packageEntry,
    )
    .refine((providers) => Object.keys(providers).length > 0, 'name at least one'),
  store: packageEntry.optional(),
  staging: packageEntry.optional(),
  sources: z.record(z.string(), packageEntry).optional(),
  credentials: z
    .record(z.string(), z.strictObject({ username: z.string().min(1), password: z.string().min(1) }))
    .optional(),
  webhooks: z
    .strictObject({ publicUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }) })
    .optional(),
  network: z
    .strictObject({
      allowPrivateAddresses: z.boolean().optional(),
      proxy: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
      ca: z.string().min(1).optional(),
      bytesPerSecond: z.number().min(1_024).optional(),
      comparePartMd5: z.boolean().optional(),
    })
    .optional(),
});

/**
 * What `sluice.config.{ts,js,json}` says:
 * - `providers`: under names of your own, the package of the adapter and its settings
 * - `default`: the provider of requests that name none
 * - `store`: the package of the store and its settings
 * - `network`: `ca` is the path of a PEM file, relative to the configuration; the rest as in `NetworkOptions`
 * - `sources`: under names of your own, the package that reads a kind of sources and its settings; ours are found where they are installed
 * - `credentials`: by where a URL leads, such as `ftp://files.example`
 * - `staging`: the package of the bucket through which bytes reach providers that take URLs only, and its settings
 * - `webhooks`: `publicUrl`, where providers reach this side from outside
 *
 * Any text may say `${NAME}` for an environment variable; `$${` stands for `${` itself.
 */
export type Configuration = z.input<typeof configurationSchema>;
