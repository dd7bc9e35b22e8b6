export { startEmulator } from './emulator.js';
export type { EmulatedMediaFile, EmulatedProvider, EmulatedS3, Emulator } from './emulator-view.js';
export type { FiredFault } from './faults/faults.js';
export { type FaultKind, type FaultPoint, type FaultRule, faultRuleSchema } from './faults/rule.js';
export type { EmulatedFirework } from './firework/firework.js';
export type { FireworkCounts, FireworkRequest } from './firework/ledger.js';
export type {
  FireworkEmulatorSettings,
  FireworkLimits,
  FireworkProduct,
  FireworkProductUnit,
  FireworkStore,
  FireworkUploadStore,
} from './firework/settings.js';
export type { EmulatedUpload } from './firework/upload-session.js';
export type { EmulatedTranscoding, EmulatedVideo, EmulatedVideoImport } from './firework/video.js';
export type { ExternalMedia } from './firework/video-metadata.js';
export type { FireworkEvent, FireworkWebhookDelivery, FireworkWebhookTry } from './firework/webhooks.js';
export type { EmulatedImportRequest, EmulatedMetadataRequest } from './importly/import-request.js';
export type { EmulatedImportly } from './importly/importly.js';
export type { EmulatedImport, EmulatedMetadataJob, EmulatedS3Location, EmulatedState } from './importly/job.js';
export type { ImportlyCounts, ImportlyRequest } from './importly/ledger.js';
export type { ImportlyWindow } from './importly/rate-limits.js';
export type {
  ImportlyCosts,
  ImportlyEmulatorSettings,
  ImportlyLimits,
  ImportlyStorage,
  RequestWindow,
} from './importly/settings.js';
export type { ImportlyEvent, WebhookDelivery, WebhookTry } from './importly/webhooks.js';
export type { EmulatedParty, EmulatorLogEntry } from './log/log.js';
export type { EmulatedS3Settings, EmulatorOptions } from './options.js';
export type { Delivery, DeliveryTry } from './server/webhook-sender.js';
export type { TwelvelabsCounts, TwelvelabsRequest } from './twelvelabs/ledger.js';
export type {
  GivenTwelvelabsSettings,
  TwelvelabsEmulatorSettings,
  TwelvelabsIndex,
  TwelvelabsIntegration,
  TwelvelabsPace,
  TwelvelabsPrerequisites,
} from './twelvelabs/settings.js';
export type {
  EmulatedAsset,
  EmulatedImportedVideo,
  EmulatedIndex,
  EmulatedIndexedAsset,
  EmulatedSession,
  EmulatedTransfer,
  TwelvelabsMetadata,
} from './twelvelabs/things.js';
export type { EmulatedTwelvelabs } from './twelvelabs/twelvelabs.js';
export type { TwelvelabsEvent, TwelvelabsWebhookDelivery, TwelvelabsWebhookTry } from './twelvelabs/webhooks.js';
export type { UploadStore } from './uploads/upload-bucket.js';
export type { EmulatedUploadPart, EmulatedUploadTry } from './uploads/upload-try.js';
export type { VideoCdnCallback, VideoCdnCallbackTry } from './video-cdn/callbacks.js';
export type { EmulatedCdnFile, EmulatedCdnState } from './video-cdn/cdn-file.js';
export type { VideoCdnCounts, VideoCdnPoint, VideoCdnRequest } from './video-cdn/ledger.js';
export type { AddRefusal, VideoCdnEmulatorSettings, VideoCdnSsh, VideoCdnStateWords } from './video-cdn/settings.js';
export type { EmulatedVideoCdn } from './video-cdn/video-cdn.js';
