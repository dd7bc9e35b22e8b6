/** More than the fields in front of a file can have. */
const LONGEST_HEAD_BYTES = 64 * 1024;

/** What stands at the beginning of a form. */
export interface PeekedForm {
  /** The names of its fields, in order. */
  fields: string[];
  /** Empty where there is none. */
  key: string;
  /** The whole body, the beginning included. */
  body: AsyncIterable<Buffer>;
}

/** Looks at a form's fields without taking anything from its body. */
export async function peekForm(body: AsyncIterable<Buffer>): Promise<PeekedForm> {
  const pieces = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let failure: unknown;
  try {
    while (head.length < LONGEST_HEAD_BYTES && !/name="?file"?[;\r]/i.test(head.toString('latin1'))) {
      const next = await pieces.next();
      if (next.done) break;
      head = Buffer.concat([head, next.value]);
    }
  } catch (error) {
    failure = error;
  }
  const text = head.toString();
  const lines = text.split('\r\n').filter((line) => /^content-disposition:/i.test(line));
  const fields = lines.flatMap((line) => /\bname="?([^";]+)"?/i.exec(line)?.[1] ?? []);
  const end = fields.findIndex((name) => name.toLowerCase() === 'file');
  const [, key = ''] = /\bname="?key"?(?:\r\n[^\r\n]+)*\r\n\r\n([^\r\n]*)\r\n/i.exec(text) ?? [];
  return { fields: end < 0 ? fields : fields.slice(0, end + 1), key, body: whole(head, pieces, failure) };
}

async function* whole(head: Buffer, rest: AsyncIterator<Buffer>, failure: unknown): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  if (failure !== undefined) throw failure;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
