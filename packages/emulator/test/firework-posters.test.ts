import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { imageSize } from '../src/media/image-size.js';
import { callFirework, idOf } from './firework-support.js';
import { emulate, sample } from './support.js';

const PNG = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from('000002d000000500', 'hex'),
]);
const JPEG = Buffer.from('ffd8ffe000020000ffc0000b0800f000a0010111'.replace('00020000', '00040000'), 'hex');

const postersSchema = z.array(z.looseObject({ url: z.string() }));

let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const body = { '/poster.png': PNG, '/poster.jpg': JPEG, '/page.png': Buffer.from('a page') }[request.url ?? ''];
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

describe('a custom poster', () => {
  it('is downloaded, described and handed out, and can be taken away', async () => {
    const emulator = await emulate();
    const body = { channel_id: 'FwChannel', caption: 'x', url: sample(emulator), poster_url: `${url}/poster.png` };
    const path = `/api/v1/videos/${idOf(await callFirework(emulator, '/api/v1/videos', { body }))}`;
    const posters = async () => postersSchema.parse((await callFirework(emulator, path)).json.video_posters);
    await expect.poll(posters).toMatchObject([{ format: 'png', width: 720, height: 1280, aspect_ratio: '9:16' }]);
    const [poster] = await posters();
    const picture = await fetch(poster?.url ?? '');
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).equals(PNG)).toBe(true);
    await callFirework(emulator, path, { body: { poster_url: `${url}/poster.jpg` }, method: 'PATCH' });
    await expect.poll(posters).toMatchObject([{ format: 'jpg', width: 160, height: 240 }]);
    await callFirework(emulator, path, { body: { poster_url: '' }, method: 'PATCH' });
    expect(await posters()).toEqual([]);
  });

  it('that can’t be had is none', async () => {
    const emulator = await emulate();
    for (const name of ['missing.png', 'page.png']) {
      const body = { channel_id: 'FwChannel', caption: 'x', url: sample(emulator), poster_url: `${url}/${name}` };
      const path = `/api/v1/videos/${idOf(await callFirework(emulator, '/api/v1/videos', { body }))}`;
      expect((await callFirework(emulator, path)).json.video_posters).toEqual([]);
    }
  });

  it('is a JPEG or a PNG', () => {
    expect(imageSize(PNG)).toEqual({ format: 'png', width: 720, height: 1280 });
    expect(() => imageSize(Buffer.from('GIF89a'))).toThrow('neither');
    expect(() => imageSize(Buffer.from('ffd8ffd9', 'hex'))).toThrow('no frame');
  });
});
