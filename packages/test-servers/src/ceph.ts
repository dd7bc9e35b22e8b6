import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts, missingPrograms } from './programs.js';

const run = promisify(execFile);

/** A real RADOS gateway with a store of its own, in memory. */
export interface CephGateway {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Ends every process and removes every file. */
  stop(): Promise<void>;
}

const ACCOUNT = { region: 'us-east-1', accessKeyId: 'CEPHTESTKEY', secretAccessKey: 'ceph-test-secret' };
const READY_WITHIN_MS = 90_000;

/** Why there is no gateway to be had here; undefined where there is one. */
export function missingCeph(): Promise<string | undefined> {
  return missingPrograms({
    programs: ['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'],
    packages: ['ceph-common', 'ceph-mon', 'ceph-osd', 'radosgw'],
  });
}

/** Starts one monitor, one store in memory and one gateway in a throw-away folder, on free ports of loopback. */
export async function startCeph(): Promise<CephGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ceph-'));
  const cluster = new Cluster(folder);
  try {
    return { ...ACCOUNT, endpoint: await cluster.start(), stop: () => cluster.stop() };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class Cluster {
  readonly #folder: string;
  readonly #daemons: ChildProcess[] = [];
  readonly #kill = () => {
    for (const daemon of this.#daemons) daemon.kill('SIGKILL');
  };

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<string> {
    const [first = 0, second = 0, gateway = 0] = await freePorts(3);
    const fsid = randomUUID();
    const monitors = `[v2:127.0.0.1:${first},v1:127.0.0.1:${second}]`;
    await this.#furnish(fsid, monitors);
    // A test that is killed takes them with it where it can.
    process.once('exit', this.#kill);
    this.#spawn('ceph-mon', '--id', 'a');
    const store = randomUUID();
    await this.#run('ceph', 'osd', 'new', store);
    await this.#run('ceph-osd', '--id', '0', '--mkfs', '--osd-uuid', store);
    this.#spawn('ceph-osd', '--id', '0');
    const { accessKeyId, secretAccessKey } = ACCOUNT;
    await this.#run(
      ...['radosgw-admin', 'user', 'create', '--uid', 'sluice', '--display-name', 'Sluice'],
      ...['--access-key', accessKeyId, '--secret-key', secretAccessKey],
    );
    this.#spawn('radosgw', '--name', 'client.rgw.a', '--rgw-frontends', `beast endpoint=127.0.0.1:${gateway}`);
    const endpoint = `http://127.0.0.1:${gateway}`;
    await ready(endpoint);
    return endpoint;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#kill);
    for (const daemon of this.#daemons) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = once(daemon, 'exit');
      // Nothing is worth keeping, and an orderly end takes its time.
      daemon.kill('SIGKILL');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** With `auth none` the gateway hangs, so everybody gets a key. */
  async #furnish(fsid: string, monitors: string): Promise<void> {
    const folder = this.#folder;
    const keyring = join(folder, 'keyring');
    await mkdir(join(folder, 'osd'));
    await writeFile(join(folder, 'ceph.conf'), configuration(folder, fsid, monitors));
    const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
    await run('ceph-authtool', [keyring, '--create-keyring', '--gen-key', '--name', 'mon.', '--cap', 'mon', 'allow *']);
    for (const name of ['client.admin', 'osd.0', 'client.rgw.a']) {
      await run('ceph-authtool', [keyring, '--gen-key', '--name', name, ...all]);
    }
    const map = join(folder, 'monmap');
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitors, map]);
    await this.#run('ceph-mon', '--mkfs', '--id', 'a', '--monmap', map, '--keyring', keyring);
  }

  #spawn(program: string, ...parameters: string[]): void {
    const command = ['--conf', join(this.#folder, 'ceph.conf'), '--foreground', ...parameters];
    this.#daemons.push(spawn(program, command, { stdio: 'ignore' }));
  }

  async #run(program: string, ...parameters: string[]): Promise<void> {
    await run(program, ['--conf', join(this.#folder, 'ceph.conf'), ...parameters], { timeout: READY_WITHIN_MS });
  }
}

function configuration(folder: string, fsid: string, monitors: string): string {
  const settings = {
    fsid,
    'mon host': monitors,
    keyring: `${folder}/keyring`,
    'run dir': folder,
    'admin socket': `${folder}/$name.asok`,
    'log file': `${folder}/$name.log`,
    'pid file': `${folder}/$name.pid`,
    'mon data': `${folder}/mon`,
    'osd data': `${folder}/osd`,
    'crash dir': folder,
    'public addr': '127.0.0.1',
    'auth cluster required': 'cephx',
    'auth service required': 'cephx',
    'auth client required': 'cephx',
    'osd objectstore': 'memstore',
    'memstore device bytes': 4 * 1024 ** 3,
    'osd crush chooseleaf type': 0,
    'osd pool default size': 1,
    'osd pool default min size': 1,
    'osd pool default pg num': 4,
    'osd pool default pgp num': 4,
    'osd pool default pg autoscale mode': 'off',
    'mon allow pool size one': true,
    'mon pg warn min per osd': 0,
    'rgw thread pool size': 16,
    'rgw run sync thread': false,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return ['[global]', ...lines, ''].join('\n');
}

async function ready(endpoint: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`the gateway did not answer within ${READY_WITHIN_MS / 1000} s`);
}
