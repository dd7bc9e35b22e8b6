import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isSourceFactory } from '@sluice/core/adapter';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rsync } from '../src/index.js';
import { context } from './support.js';

describe('what a dead process left', () => {
  it('goes when the next one starts, and nothing else does', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    onTestFinished(() => rm(temporary, { recursive: true, force: true }));
    const host = hostname().replace(/[^a-z0-9.]/gi, '_');
    const dead = join(temporary, `sluice-rsync-${host}-4194303-1-abcdef`);
    const reused = join(temporary, `sluice-rsync-${host}-${process.pid}-1-abcdef`);
    const elsewhere = join(temporary, 'sluice-rsync-another.host-4194303-1-abcdef');
    const other = join(temporary, 'something-else');
    for (const folder of [dead, reused, elsewhere, other]) await mkdir(folder);
    await writeFile(join(dead, 'clip.mp4'), 'half of it');
    const linked = join(temporary, `sluice-rsync-${host}-4194302-1-abcdef`);
    await symlink(other, linked);
    const looking = rsync({ folder: temporary }).look('rsync://127.0.0.1:9/module/clip.mp4', context());
    await expect(looking).rejects.toMatchObject({ code: expect.stringMatching('source-unreachable|unsupported') });
    const left = [elsewhere, linked, other].map((path) => basename(path));
    expect(new Set(await readdir(temporary))).toEqual(new Set(left));
  });
});

describe('what cannot be a source', () => {
  it.each([
    'rsync://host.example/module',
    'rsync://host.example/module/folder/',
    'rsync+ssh://host.example/',
    'rsync://host.example/module/a%0Ab',
    'rsync://-oProxyCommand=x/module/a',
    'rsync+ssh://-oProxyCommand=x/a',
    'rsync+ssh://-user@host.example/a',
    'rsync+ssh://us%20er@host.example/a',
    'rsync://host.example/mod%24ule/a',
    'rsync://host.example/module/..%2F..%2Fetc%2Fpasswd',
    'rsync+ssh://host.example/a%2F..%2Fb',
  ])('%s', async (url) => {
    const looking = async () => rsync().look(url, context());
    await expect(looking()).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('settings are checked, and core finds the package', () => {
    // @ts-expect-error: there is no such setting
    expect(() => rsync({ color: 'red' })).toThrow();
    expect(isSourceFactory(rsync)).toBe(true);
  });
});
