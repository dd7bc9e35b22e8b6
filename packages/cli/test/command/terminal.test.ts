import { describe, expect, it } from 'vitest';
import { hasPython, onTerminal } from './pseudo-terminal.js';
import { makeWorld } from './support.js';

// The display itself is tested without a terminal beside this.
describe.runIf(hasPython)('on a terminal (skipped without python3)', () => {
  it('draws a bar while it runs and leaves the result, the cursor shown', async () => {
    const { folder, source } = await makeWorld({ speed: 1, importly: { queuedMs: 500, runningMs: 1_500 } });
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
