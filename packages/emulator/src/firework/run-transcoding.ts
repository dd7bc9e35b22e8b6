import { pause } from '../server/pause.js';
import { videoBody } from './answers.js';
import type { FireworkState } from './firework-state.js';
import type { EmulatedVideo } from './video.js';

/** Transcodes, which takes time and may fail, and says so. Never rejects; ends early when the emulator closes. */
export async function runTranscoding(state: FireworkState, video: EmulatedVideo): Promise<void> {
  const { clock, closing, faults } = state.rooms;
  const { transcodingMs, failTranscoding } = state.settings;
  try {
    const { delayMs, rule } = faults.draw('transcoding', 'before', video.key);
    await pause(delayMs, closing);
    await clock.sleep(rule?.kind === 'stall' ? Number.MAX_SAFE_INTEGER : transcodingMs, closing);
    const isNamed = typeof failTranscoding === 'string' && video.caption.includes(failTranscoding);
    video.transcoding = rule || isNamed || failTranscoding === true ? 'failed' : 'completed';
  } catch {
    return;
  }
  const imported = state.imports.get(video.importId ?? '');
  if (imported) {
    imported.status = video.transcoding === 'completed' ? 'completed' : 'errored';
    imported.completedAt = clock.now();
    if (imported.status === 'errored') imported.error = 'transcoding failed';
  }
  // It also fires when transcoding failed.
  state.webhooks.send('video_created', { video: videoBody(video), importId: video.importId });
  if (imported?.status === 'errored') state.webhooks.send('video_import_failed', { importId: imported.id });
}
