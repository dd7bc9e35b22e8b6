import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { usageError } from '../usage.js';

/**
 * Keeps a second process from writing the same file. A lock whose process is gone is taken over.
 * @returns what gives it back
 * @throws SluiceError `invalid-request` that names the process
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    }
    const holder = readHolder(lock);
    if (attempt > 3 || (holder !== undefined && isAlive(holder))) {
      throw usageError(
        `--result ${path}: process ${holder ?? '?'} writes it now; wait for it, or name another file: both then share the work. If that is no sluice, remove ${lock}`,
      );
    }
    rmSync(lock, { force: true });
  }
}

function readHolder(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Also when it belongs to somebody else. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
