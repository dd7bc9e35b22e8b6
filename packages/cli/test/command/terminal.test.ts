import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cleanEnvironment, commandFile, makeWorld } from './support.js';

/** Runs a command on a pseudo-terminal of 72 columns, passes its output on, and ends as it ended. */
const program = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 72, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try: data = os.read(fd, 65536)
    except OSError: break
    if not data: break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const hasPython = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;

function onTerminal(
  words: string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn('python3', ['-c', program, process.execPath, commandFile, ...words], {
    cwd: folder,
    env: { ...cleanEnvironment(folder), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}

// A pseudo-terminal comes with Python; the display itself is tested without one beside this.
describe.runIf(hasPython)('on a terminal (skipped without python3)', () => {
  it('draws a bar while it runs and leaves the result, the cursor shown', async () => {
    const { folder, source } = await makeWorld({ speed: 1, importly: { queuedMs: 200, runningMs: 600 } });
    const { code, output } = await onTerminal(['import', source], folder);
    expect(code).toBe(0);
    expect(output).toMatch(/media\/sample\.mp4 {2}\S*[━─]/);
    expect(output).toMatch(/provider: (queued|running)/);
    const last = output.slice(output.lastIndexOf('\x1b[J') + 3);
    expect(last).toMatch(/^.*✓.*media\/sample\.mp4/);
    expect(output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(output.lastIndexOf('\x1b[?25l'));
  });

  it('has no color with NO_COLOR', async () => {
    const { folder, source } = await makeWorld();
    const { output } = await onTerminal(['import', source], folder, { NO_COLOR: '1' });
    expect(output).toMatch(/✓ media\/sample\.mp4/);
    expect(output).not.toContain('\x1b[3');
  });

  it('draws nothing with --json', async () => {
    const { folder, source } = await makeWorld();
    const { output } = await onTerminal(['import', source, '--json'], folder);
    expect(output).not.toContain('\x1b');
    for (const line of output.trim().split('\r\n')) expect(JSON.parse(line)).toHaveProperty('type');
  });
});
