// Runs one workload: its name and its input as JSON are the arguments, what it measured is a line of JSON on standard
// output. One that serves others has more to do and to say until standard input ends.

interface Workload {
  /** Answers with what to print. */
  run(input: unknown): Promise<unknown>;
}

const workloads = new Map<string, () => Promise<Workload>>([
  ['import-jobs', () => import('./overhead/import-jobs.js')],
  ['batch-rows', () => import('./batch/batch-rows.js')],
  ['http-source', () => import('./relay/http-source.js')],
  ['relay-import', () => import('./relay/relay-import.js')],
  ['fixed-server', () => import('./overhead/fixed-server.js')],
  ['emulator', () => import('./overhead/emulator.js')],
  ['firework-emulator', () => import('./upload/firework-emulator.js')],
  ['firework-import', () => import('./upload/firework-import.js')],
  ['send-parts', () => import('./upload/send-parts.js')],
  ['digest-ftp', () => import('./ftp/digest-ftp.js')],
  ['waiting-jobs', () => import('./memory/waiting-jobs.js')],
  ['sqlite-jobs', () => import('./store/sqlite-jobs.js')],
  ['bullmq-jobs', () => import('./store/bullmq-jobs.js')],
]);

const [name = '', input = 'null'] = process.argv.slice(2);
const load = workloads.get(name);
if (load === undefined) throw new Error(`no workload is called "${name}"`);
const { run } = await load();
process.stdout.write(`${JSON.stringify(await run(JSON.parse(input)))}\n`);
