import { spawnSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../src/node/index.js';
import { folderOf, refusal } from './support.js';

describe('fromFile', () => {
  it('describes a file so that it can be opened again from anywhere', () => {
    const path = join(folderOf({ 'clip.mp4': 'twelve bytes' }), 'clip.mp4');
    const modifiedAt = Math.trunc(statSync(path).mtimeMs);
    expect(fromFile(path)).toEqual({ kind: 'file', path, size: 12, modifiedAt });
    expect(fromFile(relative(process.cwd(), path))).toEqual({ kind: 'file', path, size: 12, modifiedAt });
  });

  it('refuses what is no file', async () => {
    const folder = folderOf({ 'sub/clip.mp4': '' });
    expect(await refusal(() => fromFile(join(folder, 'nowhere.mp4')))).toMatch(
      /^invalid-request: source: there is no file at /,
    );
    expect(await refusal(() => fromFile(join(folder, 'sub')))).toMatch(/is a folder$/);
    expect(await refusal(() => fromFile(join(folder, 'sub/clip.mp4/x')))).toMatch(/there is no file/);
  });

  it('refuses a file that may not be read: no job would come of it', () => {
    const folder = folderOf({ 'clip.mp4': 'twelve bytes' });
    const path = join(folder, 'clip.mp4');
    chmodSync(folder, 0o755);
    chmodSync(path, 0o000);
    // Whom everything is open to asks as nobody, and becomes that only when everything is loaded, wherever it lies.
    const program = `
      const { fromFile } = await import('@sluice/core/node');
      if (process.getuid?.() === 0) [process.setgid(65534), process.setuid(65534)];
      fromFile(${JSON.stringify(path)});`;
    const asked = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    expect(asked.stderr).toContain(`source: there is no file at "${path}" that can be read`);
  });
});
