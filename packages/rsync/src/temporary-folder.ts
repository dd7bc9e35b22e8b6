import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of this process that are still there. */
const open = new Set<string>();
let listening = false;
/** Looked through already by this process. */
const swept = new Set<string>();

/**
 * Makes a folder that nobody else may look into (mkdtemp: 0700). It goes when it is let go of, and when this process ends in order; what a
 * process left that was killed goes when the next one makes its first.
 */
export async function makeTemporaryFolder(parent = tmpdir()): Promise<{ path: string; remove(): Promise<void> }> {
  if (!swept.has(parent)) {
    swept.add(parent);
    removeLeftovers(parent);
  }
  const path = await mkdtemp(join(parent, `${prefix()}${process.pid}-${startedAt(process.pid)}-`));
  open.add(path);
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const folder of open) rmSync(folder, { recursive: true, force: true });
    });
  }
  const remove = async () => {
    open.delete(path);
    await rm(path, { recursive: true, force: true });
  };
  return { path, remove };
}

/** By host too: in a folder that several share, others' processes cannot be seen from here. */
function prefix(): string {
  return `sluice-rsync-${hostname().replace(/[^a-z0-9.]/gi, '_')}-`;
}

function removeLeftovers(parent: string): void {
  const begin = prefix();
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(begin)) continue;
    const [, pid, started] = /^(\d+)-(\d+)-/.exec(name.slice(begin.length)) ?? [];
    if (pid === undefined || started === undefined || isAlive(Number(pid), started)) continue;
    const path = join(parent, name);
    if (isOurs(path)) rmSync(path, { recursive: true, force: true });
  }
}

/** A real folder of the same user: nobody can have it lead elsewhere. */
function isOurs(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}

function isAlive(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  // A number is given out again: it is the same process only if it began at the same moment.
  return startedAt(pid) === started;
}

/** Clock ticks since the machine started (proc(5), field 22); 0 where there is no such file: then the number alone counts. */
function startedAt(pid: number): string {
  try {
    const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return rest.split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
