import { createHmac } from 'node:crypto';

/** The name of Signature Version 4's only algorithm. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A date as Signature Version 4 writes it, such as `20260131T235959Z`. */
export function amzDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Reads `20260131T235959Z`. */
export function readAmzDate(text: string | undefined): Date | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Signs text, such as a POST policy, for the day and region of a credential's scope. Hex. */
export function signText(secretAccessKey: string, [day = '', region = '']: readonly string[], text: string): string {
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (before, word) => createHmac('sha256', before).update(word).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}
