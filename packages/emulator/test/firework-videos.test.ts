import { describe, expect, it } from 'vitest';
import type { Emulator } from '../src/index.js';
import { callFirework } from './firework-support.js';
import { emulate, sample } from './support.js';

async function make(emulator: Emulator, more: object = {}): Promise<string> {
  const body = { channel_id: 'FwChannel', caption: 'A clip', url: sample(emulator), ...more };
  return String((await callFirework(emulator, '/api/v1/videos', { body })).json.id);
}

function update(emulator: Emulator, id: string, body: object) {
  return callFirework(emulator, `/api/v1/videos/${id}`, { body, method: 'PATCH' });
}

describe('a video', () => {
  it('is looked up with all that it has', async () => {
    const emulator = await emulate({ firework: { transcodingMs: 60_000 } });
    const external_media = { source: 'tiktok', url: 'https://e.com/a', username: 'me' };
    const id = await make(emulator, { hashtags: ['a'], custom_fields: { sku: '1' }, external_media });
    const look = async () => (await callFirework(emulator, `/api/v1/videos/${id}`)).json;
    expect(await look()).toEqual({
      id,
      access: 'public',
      audio_disabled: false,
      caption: 'A clip',
      description: null,
      hashtags: ['a'],
      archived_at: null,
      product_ids: [],
      custom_fields: { sku: '1' },
      display_social_attributions: false,
      external_media: { ...external_media, navigation_enabled: true },
      thumbnail_url: null,
      video_posters: [],
    });
    emulator.clock.advance(60_000);
    await expect.poll(async () => (await look()).thumbnail_url).toContain(`/firework/cdn/${id}/thumbnail.jpg`);
  });

  it('is updated in what is said, and stays as it is in the rest', async () => {
    const emulator = await emulate();
    const id = await make(emulator, { description: 'before', hashtags: ['a'], custom_fields: { a: '1', b: '2' } });
    const updated = await update(emulator, id, {
      caption: 'After',
      custom_fields: { c: '3' },
      archived_at: '2026-01-01T00:00:00Z',
    });
    expect(updated).toMatchObject({
      status: 200,
      json: { caption: 'After', description: 'before', hashtags: ['a'], custom_fields: { c: '3' } },
    });
    const cleared = await update(emulator, id, { description: null, custom_fields: {}, archived_at: null });
    expect(cleared.json).toMatchObject({ caption: 'After', description: null, custom_fields: {}, archived_at: null });
  });

  it('keeps, replaces, hides and loses its products as the tagging rules say', async () => {
    const emulator = await emulate();
    const id = await make(emulator, { product_ids: ['123', '234'] });
    const hidden = () => emulator.firework.videos()[0]?.hiddenProductIds;
    await update(emulator, id, { video_hidden: true });
    expect(hidden()).toEqual(['FwProduct123', 'FwProduct234']);
    const replaced = await update(emulator, id, { product_ids: ['567', '123'] });
    expect(replaced.json.product_ids).toEqual(['FwProduct567', 'FwProduct123']);
    expect(hidden()).toEqual(['FwProduct123']);
    await update(emulator, id, { video_hidden: false });
    expect(hidden()).toEqual([]);
    expect((await update(emulator, id, { product_ids: [] })).json.product_ids).toEqual([]);
  });

  it('may show attributions once it has its media', async () => {
    const emulator = await emulate();
    const id = await make(emulator);
    expect(await update(emulator, id, { display_social_attributions: true })).toMatchObject({ status: 422 });
    const external_media = { source: 'tiktok', url: 'https://e.com/a', username: 'me' };
    await update(emulator, id, { external_media });
    expect(await update(emulator, id, { display_social_attributions: true })).toMatchObject({ status: 200 });
  });

  it('is not found where there is none', async () => {
    const emulator = await emulate();
    expect(await update(emulator, 'none', {})).toMatchObject({ status: 404, json: { error: 'Video not found' } });
    for (const path of ['/api/v1/videos/none', '/api/v1/videos/imports/none', '/api/v1/elsewhere']) {
      expect(await callFirework(emulator, path)).toMatchObject({ status: 404 });
    }
  });
});
