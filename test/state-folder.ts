import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests a folder for jobs whose configuration names no store: those of the person who runs the tests are left alone. */
export default function setUpStateFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tests-state-'));
  process.env.XDG_STATE_HOME = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
