import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { signForm, signParts } from './firework-support.js';
import { emulate } from './support.js';

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(MIB, 'abcdefgh');

/** Sends so many MiB, with what stands around them, and never holds more than one. */
function send(url: string, { method, head = '', tail = '', mebibytes, headers = {} }: Sent): Promise<number> {
  const length = head.length + mebibytes * MIB + tail.length;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { 'content-length': length, ...headers } });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    const write = async () => {
      sent.write(head);
      for (let count = 0; count < mebibytes; count += 1) {
        if (!sent.write(PIECE)) await new Promise((drained) => sent.once('drain', drained));
      }
      sent.end(tail);
    };
    write().catch(reject);
  });
}

interface Sent {
  method: 'PUT' | 'POST';
  mebibytes: number;
  head?: string;
  tail?: string;
  headers?: Record<string, string>;
}

/** The most memory, in MiB above what there was, while something is done. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  await work();
  clearInterval(timer);
  return (peak - before) / MIB;
}

describe('memory stays flat', () => {
  it('while parts come in at once, and while a form does', async () => {
    const emulator = await emulate();
    const { parts } = await signParts(emulator, 8);
    const putAll = (mebibytes: number) =>
      Promise.all(parts.map(({ signature }) => send(signature.put_url, { method: 'PUT', mebibytes })));
    await putAll(5);
    const signed = await signForm(emulator);
    const boundary = 'form-boundary';
    const fields: [string, string][] = [
      ['key', signed.key],
      ['acl', signed.acl],
      ['X-Amz-Algorithm', signed.algorithm],
      ['X-Amz-Credential', signed.credential],
      ['X-Amz-Date', signed.date],
      ['Policy', signed.policy],
      ['X-Amz-Signature', signed.signature],
      ['Content-Type', 'video/mp4'],
    ];
    const field = (name: string, more: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}`;
    const head = [
      ...fields.map(([name, value]) => field(name, `\r\n\r\n${value}\r\n`)),
      field('file', '; filename="clip.mp4"\r\nContent-Type: video/mp4\r\n\r\n'),
    ].join('');
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const post = (mebibytes: number) =>
      send(signed.post_url, { method: 'POST', mebibytes, head, tail: `\r\n--${boundary}--\r\n`, headers });
    expect(await post(5)).toBe(204);
    const peak = await peakOf(async () => {
      expect(await putAll(25)).toEqual(parts.map(() => 200));
      expect(await post(200)).toBe(204);
    });
    // 400 MiB went through, sent by this very process; a store that held a body, or the half of one, would show.
    expect(peak).toBeLessThan(60);
  }, 60_000);
});
