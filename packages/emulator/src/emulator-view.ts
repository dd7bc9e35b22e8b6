import type { FiredFault } from './faults/faults.js';
import type { FaultRule } from './faults/rule.js';
import type { EmulatedFirework } from './firework/firework.js';
import type { EmulatedImportly } from './importly/importly.js';
import type { EmulatedTwelvelabs } from './twelvelabs/twelvelabs.js';
import type { EmulatedVideoCdn } from './video-cdn/video-cdn.js';

/** A sample file that the emulator serves as a source. */
export interface EmulatedMediaFile {
  name: string;
  url: string;
  size: number;
  /** Hex. */
  sha256: string;
  durationSeconds: number;
}

/** The emulator's own S3, path-style, at real time. */
export interface EmulatedS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A bucket that is there. */
  bucket: string;
}

/** A provider as a configuration names it; its keys are the emulator's own and open nothing else. */
export type EmulatedProvider = { adapter: string } & Record<string, string>;

/** The emulator, listening. */
export interface Emulator {
  /** Without a slash at its end. */
  url: string;
  /** The providers' clock: ms since the epoch. */
  clock: { now(): number; readonly speed: number; advance(ms: number): void };
  importly: EmulatedImportly;
  firework: EmulatedFirework;
  videoCdn: EmulatedVideoCdn;
  twelvelabs: EmulatedTwelvelabs;
  /** What leads to each emulated provider: what a configuration says under `providers`, by the provider's name. */
  providers: Record<string, EmulatedProvider>;
  s3: EmulatedS3;
  /** Sample media to import. */
  media: { url: string; files: EmulatedMediaFile[] };
  /** What goes wrong. `add` throws where a rule makes no sense. */
  faults: { add(rule: FaultRule): void; clear(): void; fired(): FiredFault[] };
  /** Stops everything: no timer, no socket and no temporary file is left. */
  close(): Promise<void>;
}
