import { expect, it } from 'vitest';
import { type Hasher, inThreadHasher, workerHasher } from '../../src/platform/node-bytes/hasher.js';

const program = new URL('../../dist/platform/node-bytes/hash-worker.js', import.meta.url);
const stretch = () => new Uint8Array(new SharedArrayBuffer(8));

it('a digest is the same on a thread of its own', async () => {
  const digestOf = async (hasher: Hasher) => {
    await Promise.all([hasher.update(stretch()), hasher.update(stretch())]);
    const digest = await hasher.digest();
    await hasher.close();
    return digest;
  };
  expect(await digestOf(workerHasher(program))).toBe(await digestOf(inThreadHasher()));
});

it('a thread that cannot start, as where a bundler left its program out, is an error of every call and keeps nobody waiting', async () => {
  const hasher = workerHasher(new URL('./not-there.js', import.meta.url));
  await expect(hasher.update(stretch())).rejects.toThrow('not-there.js');
  await expect(hasher.update(stretch())).rejects.toThrow('not-there.js');
  await expect(hasher.digest()).rejects.toThrow('not-there.js');
  await hasher.close();
});

it('a thread comes to its own end: cut off while it starts, it may leave its program open as a file', async () => {
  const codes: number[] = [];
  process.once('worker', (worker) => worker.once('exit', (code) => codes.push(code)));
  const hasher = workerHasher(program);
  await hasher.update(stretch());
  await hasher.close();
  expect(codes).toEqual([0]);
});
