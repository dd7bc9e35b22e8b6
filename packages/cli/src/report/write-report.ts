import { existsSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileFault } from '../batch/file-fault.js';
import { usageError } from '../usage.js';
import { type ReportInput, reportPage } from './report-page.js';

const pageBegins = '<!doctype html>';

/**
 * Asks before anything is done whether the page can be written when all is over.
 * @throws SluiceError `invalid-request` when it cannot, or when something else than a page would be overwritten
 */
export async function assertReportable(name: string): Promise<void> {
  const path = resolve(name);
  const beside = `${path}.new`;
  let begins: string;
  try {
    begins = existsSync(path) ? await beginningOf(path) : pageBegins;
    await (await open(beside, 'w', 0o600)).close();
    await rm(beside, { force: true });
  } catch (error) {
    throw fileFault(error, `--report ${name}`);
  }
  if (begins !== '' && begins.toLowerCase() !== pageBegins) {
    throw usageError(`--report ${name}: is there already and is no page; name another file`);
  }
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(pageBegins.length), 0, pageBegins.length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Writes the page beside its place and puts it there at once. @throws SluiceError when it cannot be written */
export async function writeReport(name: string, input: ReportInput): Promise<void> {
  const path = resolve(name);
  const beside = `${path}.new`;
  try {
    await writeFile(beside, reportPage(input), { mode: 0o600 });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw fileFault(error, `--report ${name}`);
  }
}
