import ky from 'ky';
import type { Sending } from '../sending.js';
import { partBody, sendEach } from './parts.js';

/** ky, a stream for each part, nothing tried again: a stream is there once. */
export async function send(sending: Sending): Promise<void> {
  await sendEach(sending, (part) =>
    ky.put(part.url, { ...partBody(sending.file, part), retry: 0, timeout: false }).arrayBuffer(),
  );
}
