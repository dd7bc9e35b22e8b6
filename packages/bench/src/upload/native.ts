import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureProgram, MissingProgram } from '../processes/debian.js';

const runFile = promisify(execFile);
const sources = fileURLToPath(new URL('../../native', import.meta.url));

/** The programs in C, compiled: what only the system's own calls can show, and what must cost next to nothing. */
export interface Native {
  sink: string;
  limit: string;
  measure: string;
  /** A sink that speaks TLS, and its certificate; absent where OpenSSL's headers are. */
  secure?: { sink: string; certificate: string; key: string };
}

/** Compiles them into `folder`. @throws MissingProgram where there is no compiler, and elsewhere than on Linux */
export async function compileNative(folder: string): Promise<Native> {
  if (process.platform !== 'linux') throw new MissingProgram('memory and CPU time are measured as Linux tells them');
  await ensureProgram({ test: ['cc', '--version'], packages: ['gcc', 'libc6-dev'] });
  const compile = async (name: string, options: string[] = [], as = name) => {
    const program = join(folder, as);
    await runFile('cc', ['-O2', '-pthread', '-o', program, join(sources, `${name}.c`), ...options]);
    return program;
  };
  const [sink, limit, measure] = await Promise.all([compile('sink'), compile('limit'), compile('measure')]);
  const secure = await withOpenSsl(async () => ({
    sink: await compile('sink', ['-DWITH_TLS', '-lssl', '-lcrypto'], 'tls-sink'),
    ...(await selfSigned(folder)),
  }));
  return { sink, limit, measure, ...(secure !== undefined && { secure }) };
}

async function withOpenSsl<T>(compile: () => Promise<T>): Promise<T | undefined> {
  const test = 'echo "#include <openssl/ssl.h>" | cc -E -';
  try {
    await ensureProgram({ test: ['sh', '-c', test], packages: ['libssl-dev'] });
    return await compile();
  } catch (error) {
    if (error instanceof MissingProgram) return undefined;
    throw error;
  }
}

/** A certificate for loopback, signed by itself. */
async function selfSigned(folder: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
  const names = ['-subj', '/CN=loopback', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await runFile('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', certificate]);
  return { certificate, key };
}
