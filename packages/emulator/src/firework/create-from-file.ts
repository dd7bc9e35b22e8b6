import type { JsonAnswer } from '../faults/broken-answer.js';
import type { DigestedObject } from '../object-store/kept-object.js';
import { bodyOf } from '../object-store/s3-request.js';
import { type FormPart, MalformedForm, readField, readForm } from '../server/multipart-form.js';
import { refusal } from './answers.js';
import { takePlace } from './channel-window.js';
import { answerOf, createVideo } from './create-video.js';
import type { Call } from './exchange.js';
import type { FireworkState } from './firework-state.js';
import { checkFileType, endingOf, intoBucket, STAGING, stage, UnfitFile } from './staging.js';
import { checkChannel } from './upload-endpoints.js';
import { type Read, readMetadata, type VideoMetadata } from './video-metadata.js';

const LONGEST_METADATA_BYTES = 256 * 1024;

/** What was received of the form so far. */
interface ReceivedForm {
  metadata?: VideoMetadata;
  file?: { kept: DigestedObject; ending: string };
}

/** Option 1 of the page (6.3): the file in the request itself, as multipart/form-data with its metadata as JSON. */
export async function createFromFile(
  state: FireworkState,
  call: Call,
  { boundary, incoming }: NonNullable<Call['form']>,
): Promise<JsonAnswer> {
  const received: ReceivedForm = {};
  try {
    for await (const part of readForm(bodyOf(incoming), boundary)) {
      const refused = await receive(state, received, { call, part });
      if (refused) return refused;
    }
    return await create(state, received);
  } catch (error) {
    if (error instanceof UnfitFile) return refusal(400, error.message);
    if (error instanceof MalformedForm) return refusal(400, `Malformed request body: ${error.message}`);
    // The client hung up in the middle: nobody reads the answer.
    if (incoming.destroyed) return refusal(400, 'The request body was cut short');
    throw error;
  } finally {
    if (received.file) await state.rooms.objects.delete(STAGING, received.file.kept.key);
  }
}

async function receive(
  state: FireworkState,
  received: ReceivedForm,
  { call, part }: { call: Call; part: FormPart },
): Promise<JsonAnswer | undefined> {
  if (part.name === 'metadata') {
    const read = understand(state, await readField(part, LONGEST_METADATA_BYTES), call);
    if (!read.ok) return read.answer;
    received.metadata = read.value;
    return checkChannel(state, read.value.channel_id);
  }
  if (part.name !== 'file' || part.filename === undefined) {
    return refusal(400, `Unexpected form field: ${part.name}`);
  }
  const { filename, contentType = '' } = part;
  checkFileType({ contentType, filename });
  received.file = { kept: await stage(state, part.bytes, contentType), ending: endingOf(filename) };
  return undefined;
}

function understand({ settings }: FireworkState, text: string, call: Call): Read<VideoMetadata> {
  try {
    call.body = JSON.parse(text);
  } catch {
    return { ok: false, answer: refusal(400, 'metadata: must be JSON') };
  }
  return readMetadata(call.body, { captionMaxLength: settings.captionMaxLength, hasExternalMedia: false });
}

async function create(state: FireworkState, { metadata, file }: ReceivedForm): Promise<JsonAnswer> {
  if (!metadata) return refusal(400, 'metadata: is required');
  if (!file) return refusal(400, 'file: is required');
  const channelId = metadata.channel_id;
  const limited = takePlace(state, channelId);
  if (limited) return limited;
  const arrived = await intoBucket(state, file.kept, { channelId, ending: file.ending });
  return answerOf(await createVideo(state, metadata, { ...arrived, way: 'file' }));
}
