import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { missingVsftpd, startVsftpd } from '@sluice/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { run as digestFtp } from '../src/ftp/digest-ftp.js';
import { FixedProvider } from '../src/overhead/fixed-provider.js';
import { run as importJobs } from '../src/overhead/import-jobs.js';
import { run as sqliteJobs } from '../src/store/sqlite-jobs.js';

test('the fixed provider completes an import at its last look', () => {
  const provider = new FixedProvider(2);
  expect(provider.answer('POST', '/import')).toContain('"jobId":"import-1"');
  expect(provider.answer('GET', '/import/status?id=import-1')).toContain('"running"');
  expect(provider.answer('GET', '/import/status?id=import-1')).toContain('"completed"');
});

test.each(['ky', 'memory', 'sqlite'])('jobs come to their end on the side of %s', async (side) => {
  const input = { side, jobs: 20, warmUp: 5, concurrency: 5, pollMs: 1, target: { looks: 2 } };
  const { wallMs, cpuMs } = await importJobs(input);
  expect(wallMs).toBeGreaterThan(0);
  expect(cpuMs).toBeGreaterThan(0);
});

test('every job that is added to the SQLite store is completed', async () => {
  const { perSecond } = await sqliteJobs({ jobs: 60, warmUp: 10 });
  expect(perSecond).toBeGreaterThan(0);
});

const missing = await missingVsftpd();

test.skipIf(missing !== undefined)(`a file behind ftp is read whole (${missing ?? 'vsftpd'})`, async () => {
  const server = await startVsftpd();
  onTestFinished(server.stop);
  const bytes = randomBytes(300_000);
  await writeFile(`${server.folder}/film.mp4`, bytes);
  const url = `ftp://${server.host}:${server.port}/film.mp4`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await digestFtp({ url, warmUp: url })).toMatchObject({ size: 300_000, sha256 });
});
