import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { pause } from '../server/pause.js';
import type { Rooms } from '../server/rooms.js';

/** Lets the faults on downloads strike. Throws where one does, with the reason that a provider would give. */
export async function strikeDownload({ faults, closing }: Rooms, url: string): Promise<void> {
  for (const moment of ['before', 'after'] as const) {
    const { delayMs, rule } = faults.draw('download', moment, url);
    await pause(delayMs, closing);
    if (rule?.kind === 'stall') await once(closing, 'abort');
    closing.throwIfAborted();
    if (rule) throw new Error(rule.kind === 'cut-body' ? 'the source broke off' : 'the connection was reset');
  }
}

/** Asks a source for its bytes. Throws unless it answers with them. */
export async function openSource({ client, closing }: Rooms, url: string): Promise<IncomingMessage> {
  const { address, headers } = authorized(url);
  const answer = await client.send({ method: 'GET', url: address, headers, signal: closing });
  if (answer.statusCode === 200) return answer;
  answer.resume();
  throw new Error(`the source answered ${answer.statusCode}`);
}

/** Credentials in a source URL go into a header, as every HTTP client sends them. */
function authorized(source: string): { address: string; headers: Record<string, string> } {
  const url = new URL(source);
  const { username, password } = url;
  if (!username && !password) return { address: url.href, headers: {} };
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponentSafely(username)}:${decodeURIComponentSafely(password)}`;
  return { address: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** Decodes what can be decoded. */
export function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
