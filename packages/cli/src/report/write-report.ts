import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileFault } from '../batch/file-fault.js';
import { type ReportInput, reportPage } from './report-page.js';

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
