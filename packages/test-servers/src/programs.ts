import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a test needs of Debian's packages. */
export interface Programs {
  /** What must be there to be run. */
  programs: readonly string[];
  /** What Debian's own Python must find. */
  modules?: readonly string[];
  packages: readonly string[];
}

/**
 * Makes sure that programs are there: installs them where that is allowed (root, with apt-get).
 *
 * @returns what is missing and how to get it, for the title of a test that cannot run; undefined where all is there
 */
export async function missingPrograms({ programs, modules = [], packages }: Programs): Promise<string | undefined> {
  const isThere = async () => (await lacking(programs)).length + (await lackingModules(modules)).length === 0;
  if (await isThere()) return undefined;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  const words = `needs ${[...programs, ...modules].join(', ')}: ${command.join(' ')}`;
  if (process.getuid?.() !== 0 || (await lacking(['apt-get'])).length > 0) return words;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another test may install at the same time.
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  try {
    await run('apt-get', ['update', ...options], { env, maxBuffer: 2 ** 26 }).catch(() => {});
    await run('apt-get', [...command.slice(1), ...options], { env, maxBuffer: 2 ** 26 });
  } catch {
    return words;
  }
  return (await isThere()) ? undefined : words;
}

/** So many ports that nothing listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server)));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

async function lacking(programs: readonly string[]): Promise<string[]> {
  const found = await Promise.allSettled(programs.map((name) => run('which', [name])));
  return programs.filter((_, index) => found[index]?.status === 'rejected');
}

async function lackingModules(modules: readonly string[]): Promise<string[]> {
  const found = await Promise.allSettled(modules.map((name) => run('/usr/bin/python3', ['-c', `import ${name}`])));
  return modules.filter((_, index) => found[index]?.status === 'rejected');
}
