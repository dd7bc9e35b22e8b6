import type { HttpAnswer } from '../model/http.js';
import { brokenRules } from '../model/issues.js';
import type { JsonValue } from '../model/json.js';
import { readAtMost } from './body.js';
import { type FailureScope, protocolError } from './failure.js';

/** Longer bodies are refused: an answer of a control call is never so large. Bytes. */
const longestBody = 32 * 1024 * 1024;

/** A response, read whole. */
export interface ReadResponse {
  status: number;
  header(name: string): string | undefined;
  text: string;
}

/** Reads a response's body, but not without end. */
export async function readResponse(response: Response, scope: FailureScope): Promise<ReadResponse> {
  const header = (name: string) => response.headers.get(name) ?? undefined;
  return { status: response.status, header, text: await readBody(response, scope) };
}

/** A declared length spares the counting; of a compressed body it says nothing. */
async function readBody(response: Response, scope: FailureScope): Promise<string> {
  const tooLong = () =>
    protocolError(`the answer is longer than ${longestBody} bytes`, { ...scope, status: response.status });
  const length = response.headers.get('content-length');
  const declared = length === null || response.headers.has('content-encoding') ? undefined : Number(length);
  if (declared !== undefined && declared > longestBody) {
    await response.body?.cancel();
    throw tooLong();
  }
  if (declared !== undefined || response.body === null) return response.text();
  const bytes = await readAtMost(response.body, longestBody);
  if (bytes === undefined) throw tooLong();
  return new TextDecoder().decode(bytes);
}

/** A text as JSON; undefined when it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A 2xx response as adapters see it. */
export function answerOf(response: ReadResponse, scope: FailureScope): HttpAnswer {
  const where = { ...scope, status: response.status };
  const json = parseJson(response.text);
  return {
    status: response.status,
    header: response.header,
    text: response.text,
    parse: (schema) => {
      if (json === undefined) throw protocolError(`the answer (HTTP ${response.status}) is no JSON`, where);
      const parsed = schema.safeParse(json);
      if (parsed.success) return parsed.data;
      throw protocolError(`the answer does not fit: ${brokenRules(parsed.error)}`, where);
    },
  };
}
