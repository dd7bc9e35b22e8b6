import type { ExternalMedia } from './video-metadata.js';

/** How transcoding stands; the provider itself only says it of imports. */
export type EmulatedTranscoding = 'running' | 'completed' | 'failed';

/** A video that was created. */
export interface EmulatedVideo {
  id: string;
  channelId: string;
  /** How its bytes came. */
  way: 's3_key' | 'file' | 'url';
  /** The import that it came from. */
  importId?: string;
  caption: string;
  description: string | null;
  access: 'public' | 'private';
  archivedAt: string | null;
  audioDisabled: boolean;
  hashtags: string[];
  /** Firework's own ids, in order, without duplicates. */
  productIds: string[];
  /** Those of the products that are hidden. */
  hiddenProductIds: string[];
  customFields: Record<string, string>;
  displaySocialAttributions: boolean;
  externalMedia: ExternalMedia | null;
  posterUrl: string | null;
  /** The custom poster, once it was downloaded; sizes in pixels. */
  poster?: { key: string; format: 'png' | 'jpg'; width: number; height: number };
  /** Where the bytes lie in the bucket. */
  key: string;
  /** Bytes, of the object as it is stored. */
  size: number;
  /** Hex, of the object as it is stored; missing where the settings say not to inspect. */
  sha256?: string;
  /** Missing where it can't be read. */
  durationSeconds?: number;
  transcoding: EmulatedTranscoding;
  /** ms since the epoch on the provider's clock. */
  createdAt: number;
}

/** An import by URL that goes on in the background. */
export interface EmulatedVideoImport {
  id: string;
  url: string;
  channelId: string;
  status: 'running' | 'completed' | 'errored';
  videoId: string | null;
  /** ms since the epoch on the provider's clock. */
  createdAt: number;
  completedAt: number | null;
  /** Why it failed; the provider's status says nothing of it. */
  error?: string;
  /** How often its status was asked for. */
  statusCalls: number;
}
