import type { EmulatedImportedVideo, EmulatedIndex, EmulatedTransfer } from './things.js';
import { runTask, type TwelvelabsState } from './twelvelabs-state.js';

/** Lets an import go on: each file a little after the one before it, through all lists. */
export function runImport(state: TwelvelabsState, transfer: EmulatedTransfer, index: EmulatedIndex): void {
  const { closing, clock } = state.rooms;
  const { apartMs } = state.settings.pace;
  let arriving = transfer.videos.length;
  // The import is over when every file is in the index's own hands, ready or not.
  const arrived = () => {
    arriving -= 1;
    if (arriving <= 0) transfer.endedAt ??= clock.now();
  };
  if (arriving === 0) transfer.endedAt = clock.now();
  for (const [position, video] of transfer.videos.entries()) {
    index.digests.push(video.sha256);
    runTask(state, async () => {
      await clock.sleep(position * apartMs, closing);
      await runVideo(state, { video, index, arrived });
    });
  }
}

async function runVideo(
  state: TwelvelabsState,
  { video, index, arrived }: { video: EmulatedImportedVideo; index: EmulatedIndex; arrived: () => void },
): Promise<void> {
  const { clock, closing, faults } = state.rooms;
  const { validatingMs, pendingMs, queuedMs, indexingMs } = state.settings.pace;
  await clock.sleep(validatingMs, closing);
  const isReadable = state.facts.get(video.sha256)?.durationSeconds !== undefined;
  if (!isReadable) {
    arrived();
    fail(state, { video, index }, 'The file is not a readable video');
    return;
  }
  for (const [stage, ms] of [
    ['pending', pendingMs],
    ['queued', queuedMs],
  ] as const) {
    video.state = stage;
    await clock.sleep(ms, closing);
  }
  video.state = 'indexing';
  arrived();
  const { delayMs, rule } = faults.draw('indexing', 'before', video.filename);
  if (rule?.kind === 'stall') return;
  await clock.sleep(delayMs + indexingMs, closing);
  if (rule?.kind === 'failure') {
    fail(state, { video, index }, 'The video could not be indexed');
    return;
  }
  video.state = 'ready';
  state.webhooks.send('index.task.ready', { id: video.id, indexId: index.id });
}

function fail(
  state: TwelvelabsState,
  { video, index }: { video: EmulatedImportedVideo; index: EmulatedIndex },
  error: string,
): void {
  video.state = 'failed';
  video.error = error;
  index.digests.splice(index.digests.indexOf(video.sha256), 1);
  state.webhooks.send('index.task.failed', { id: video.id, indexId: index.id });
}
