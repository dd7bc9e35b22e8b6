import * as z from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const STORAGE_PARAMETERS = [
  'storagePath',
  'storageFilename',
  'storageBucket',
  'storageClass',
  'storageReturnLocation',
] as const;

/** The parameters of POST /import (Importly, Import Endpoint page). */
const importRequestSchema = z
  .strictObject({
    url: httpUrl,
    includeVideo: z.boolean().exactOptional(),
    includeAudio: z.boolean().exactOptional(),
    videoQuality: z
      .enum(['lowest', '144p', '240p', '360p', '480p', '720p', '1080p', '1440p', '2160p', 'best'])
      .exactOptional(),
    audioQuality: z.enum(['lowest', 'low', 'medium', 'high', 'best']).exactOptional(),
    webhookUrl: httpUrl.exactOptional(),
    store: z.boolean().exactOptional(),
    storagePath: z.string().exactOptional(),
    storageFilename: z.string().min(1).exactOptional(),
    storageBucket: z.string().min(1).exactOptional(),
    storageClass: z
      .enum(['STANDARD', 'INTELLIGENT_TIERING', 'STANDARD_IA', 'ONEZONE_IA', 'GLACIER', 'DEEP_ARCHIVE'])
      .exactOptional(),
    storageReturnLocation: z.boolean().exactOptional(),
  })
  .check((context) => {
    const request = context.value;
    const stray = STORAGE_PARAMETERS.find((name) => request[name] !== undefined);
    if (stray && request.store !== true) {
      context.issues.push({ code: 'custom', path: [stray], message: 'needs store: true', input: request });
    }
    if (request.includeVideo === false && request.includeAudio === false) {
      context.issues.push({
        code: 'custom',
        path: ['includeAudio'],
        message: 'leaves nothing to import',
        input: request,
      });
    }
  });

/** What a client asked to import. */
export type EmulatedImportRequest = z.infer<typeof importRequestSchema>;

const metadataRequestSchema = z.strictObject({ url: httpUrl, webhookUrl: httpUrl.exactOptional() });

/** What a client asked to look at. */
export type EmulatedMetadataRequest = z.infer<typeof metadataRequestSchema>;

/** Parameters that were understood, or what to say of those that weren't (400). */
export type ReadParameters<Parameters> = { ok: true; value: Parameters } | { ok: false; error: string };

export function readImportRequest(body: unknown): ReadParameters<EmulatedImportRequest> {
  return explain(importRequestSchema.safeParse(body));
}

export function readMetadataRequest(body: unknown): ReadParameters<EmulatedMetadataRequest> {
  return explain(metadataRequestSchema.safeParse(body));
}

function explain<Parameters>(result: z.ZodSafeParseResult<Parameters>): ReadParameters<Parameters> {
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') return { ok: false, error: `Unknown parameter: ${issue.keys.join(', ')}` };
  const name = issue?.path.join('.') ?? '';
  return { ok: false, error: name === '' ? 'The body must be a JSON object' : `Invalid ${name}: ${issue?.message}` };
}
