import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sqlite } from '../src/index.js';
import { makeRecord, scratchPath } from './scratch.js';

const hexKey = 'a1'.repeat(32);
const base64Key = Buffer.alloc(32, 7).toString('base64');

async function createIn(path: string): Promise<void> {
  const store = sqlite({ path });
  await store.create(makeRecord('one'));
  await store.close();
}

async function readFrom(path: string): Promise<unknown> {
  const store = sqlite({ path });
  try {
    return (await store.read('one'))?.request?.source;
  } finally {
    await store.close();
  }
}

const source = makeRecord('one').request?.source;

describe('the key', () => {
  it('is made at first use, in a file beside the database, and used again', async () => {
    const path = scratchPath();
    await createIn(path);
    expect(readFileSync(`${path}.key`, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.key'))).toEqual(['jobs.db.key']);
    expect(await readFrom(path)).toEqual(source);
  });

  it.each([
    ['hex', hexKey],
    ['upper-case hex', hexKey.toUpperCase()],
    ['base64', base64Key],
    ['base64 without padding', base64Key.replace('=', '')],
    ['base64url', Buffer.alloc(32, 0xfb).toString('base64url')],
  ])('is taken from SLUICE_SECRET_KEY in %s, and no file is made', async (_form, key) => {
    const path = scratchPath();
    vi.stubEnv('SLUICE_SECRET_KEY', key);
    await createIn(path);
    expect(existsSync(`${path}.key`)).toBe(false);
    expect(await readFrom(path)).toEqual(source);
  });

  it.each(['short', `${hexKey}00`, 'g'.repeat(64)])('that is not 32 bytes is refused: %s', async (key) => {
    const path = scratchPath();
    vi.stubEnv('SLUICE_SECRET_KEY', key);
    const refused = expect(createIn(path)).rejects;
    await refused.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/^SLUICE_SECRET_KEY: must be 32 bytes/),
    });
    await expect(createIn(path)).rejects.toThrow(/openssl rand -hex 32/);
    await expect(createIn(path)).rejects.not.toThrow(key);
  });

  it('that another one replaced is told, with the way out', async () => {
    const path = scratchPath();
    await createIn(path);
    vi.stubEnv('SLUICE_SECRET_KEY', hexKey);
    const told = { code: 'invalid-request', message: expect.stringContaining(path) };
    await expect(readFrom(path)).rejects.toMatchObject(told);
    await expect(readFrom(path)).rejects.toThrow(
      /key than that of SLUICE_SECRET_KEY; .* unset it if the right one is in .*jobs\.db\.key/,
    );
    vi.unstubAllEnvs();
    writeFileSync(`${path}.key`, hexKey);
    await expect(readFrom(path)).rejects.toThrow(/put the right .*jobs\.db\.key back, or set SLUICE_SECRET_KEY/);
  });

  it('that is missing is told, and no other is made in its place', async () => {
    const path = scratchPath();
    await createIn(path);
    renameSync(`${path}.key`, `${path}.moved`);
    await expect(readFrom(path)).rejects.toThrow(
      /its key is missing: set SLUICE_SECRET_KEY to it, or put .*jobs\.db\.key back/,
    );
    expect(existsSync(`${path}.key`)).toBe(false);
    renameSync(`${path}.moved`, `${path}.key`);
    expect(await readFrom(path)).toEqual(source);
  });

  it('can be moved from the file into the variable', async () => {
    const path = scratchPath();
    await createIn(path);
    vi.stubEnv('SLUICE_SECRET_KEY', readFileSync(`${path}.key`, 'utf8').trim());
    rmSync(`${path}.key`);
    expect(await readFrom(path)).toEqual(source);
  });

  it('file that was left by a first use that died is used', async () => {
    const path = scratchPath();
    writeFileSync(`${path}.key`, `${hexKey}\n`, { mode: 0o600 });
    await createIn(path);
    expect(readFileSync(`${path}.key`, 'utf8')).toBe(`${hexKey}\n`);
  });

  it('file that is empty is told', async () => {
    const path = scratchPath();
    writeFileSync(`${path}.key`, '');
    await expect(createIn(path)).rejects.toThrow(/jobs\.db\.key: must be 32 bytes/);
  });

  it('file that cannot be read is told', async () => {
    const path = scratchPath();
    mkdirSync(`${path}.key`);
    await expect(createIn(path)).rejects.toThrow(/jobs\.db\.key: this key file cannot be read/);
  });
});
