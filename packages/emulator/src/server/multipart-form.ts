/** One field or file of a multipart/form-data body, with its bytes still to come. */
export interface FormPart {
  name: string;
  /** Present of files. */
  filename?: string;
  contentType?: string;
  /** To be read to its end before the next part is asked for. */
  bytes: AsyncIterable<Buffer>;
}

/** The body is not what multipart/form-data should be. */
export class MalformedForm extends Error {}

const LONGEST_HEAD_BYTES = 16 * 1024;
const CR = 0x0d;

/** The boundary that a Content-Type names; undefined where it isn't multipart/form-data. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType ?? '') ?? [];
  return quoted ?? plain;
}

/** Reads a form part by part as it comes; nothing but the fields' heads is held. Throws `MalformedForm`. */
export async function* readForm(body: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<FormPart> {
  const reader = new BoundaryReader(body, boundary);
  await reader.toFirstPart();
  while (!(await reader.isAtEnd())) {
    const head = await reader.takeHead();
    yield { ...readHead(head), bytes: reader.takeBytes() };
    if (!reader.isBetweenParts) throw new Error('the bytes of a part were not read');
  }
}

/** Reads a small field. Throws `MalformedForm` where it has more than `limit` bytes. */
export async function readField({ name, bytes }: FormPart, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > limit) throw new MalformedForm(`the field ${name} is too long`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

class BoundaryReader {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  /** The first boundary has no line break before it, so one is put there. */
  #held: Buffer = Buffer.from('\r\n');
  isBetweenParts = true;

  constructor(body: AsyncIterable<Buffer>, boundary: string) {
    this.#pieces = body[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** What stands before the first boundary is nobody's. */
  async toFirstPart(): Promise<void> {
    for await (const _ of this.takeBytes());
  }

  /** Behind a boundary: two dashes end the form, a line break begins the next part. */
  async isAtEnd(): Promise<boolean> {
    const mark = await this.#take(2);
    if (mark.equals(Buffer.from('--'))) return true;
    if (!mark.equals(Buffer.from('\r\n'))) throw new MalformedForm('a boundary is followed by something else');
    return false;
  }

  async takeHead(): Promise<string> {
    // A part without headers begins with the blank line at once.
    this.#held = Buffer.concat([Buffer.from('\r\n'), this.#held]);
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n');
      if (end >= 0) {
        const head = this.#held.subarray(2, end).toString();
        this.#held = this.#held.subarray(end + 4);
        return head;
      }
      if (this.#held.length > LONGEST_HEAD_BYTES) throw new MalformedForm('the headers of a part are too long');
      await this.#fill();
    }
  }

  /** The bytes up to the next boundary. */
  async *takeBytes(): AsyncGenerator<Buffer> {
    this.isBetweenParts = false;
    for (;;) {
      const end = this.#held.indexOf(this.#delimiter);
      const safe = end >= 0 ? end : this.#lengthWithoutBoundary();
      const bytes = this.#held.subarray(0, safe);
      this.#held = this.#held.subarray(end >= 0 ? end + this.#delimiter.length : safe);
      if (end >= 0) this.isBetweenParts = true;
      if (bytes.length > 0) yield bytes;
      if (end >= 0) return;
      await this.#fill();
    }
  }

  /** How much of what is held cannot be the beginning of a boundary that goes on in the next piece. */
  #lengthWithoutBoundary(): number {
    const from = Math.max(0, this.#held.length - this.#delimiter.length + 1);
    for (let at = this.#held.indexOf(CR, from); at >= 0; at = this.#held.indexOf(CR, at + 1)) {
      if (this.#delimiter.subarray(0, this.#held.length - at).equals(this.#held.subarray(at))) return at;
    }
    return this.#held.length;
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#fill();
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async #fill(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done) throw new MalformedForm('the form ends before its last boundary');
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
  }
}

function readHead(head: string): Omit<FormPart, 'bytes'> {
  const headers = new Map(
    head.split('\r\n').map((line) => {
      const [name = '', value = ''] = line.split(/:(.*)/s);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const disposition = headers.get('content-disposition') ?? '';
  const name = parameterOf(disposition, 'name');
  if (!/^form-data\b/i.test(disposition) || name === undefined) throw new MalformedForm('a part has no name');
  const filename = parameterOf(disposition, 'filename');
  const contentType = headers.get('content-type');
  return {
    name,
    ...(filename === undefined ? {} : { filename }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

/** Quotes in names come as `%22`, as browsers send them, or behind a backslash, as curl does. */
function parameterOf(disposition: string, name: string): string | undefined {
  const [, quoted, plain] =
    new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition) ?? [];
  return quoted?.replace(/\\(.)/g, '$1').replaceAll('%22', '"') ?? plain;
}
