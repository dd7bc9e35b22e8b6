import { startEmulator } from '@sluice/emulator';
import { whenStopped } from '../processes/when-stopped.js';

/** The emulator's fast lane, in a process of its own: no limits, no waiting, each source downloaded once. */
export async function run(): Promise<{ baseUrl: string; apiKey: string; source: string }> {
  const emulator = await startEmulator({
    importly: { limits: 'none', queuedMs: 0, runningMs: 0, sources: 'remember', storage: 'none' },
  });
  whenStopped(async () => {
    const { starts, statuses } = emulator.importly.counts();
    await emulator.close();
    return { starts, statuses };
  });
  const { baseUrl, apiKey } = emulator.importly;
  const [file] = emulator.media.files;
  if (file === undefined) throw new Error('the emulator has no sample media');
  return { baseUrl, apiKey, source: file.url };
}
