import type { Sending } from '../sending.js';
import { partBody, sendEach } from './parts.js';

/** Node's own fetch, a stream for each part. */
export async function send(sending: Sending): Promise<void> {
  await sendEach(sending, async (part) => {
    const response = await fetch(part.url, { method: 'PUT', ...partBody(sending.file, part) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    await response.arrayBuffer();
  });
}
