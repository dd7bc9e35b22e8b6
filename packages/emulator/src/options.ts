import type { FaultRule } from './faults/rule.js';
import type { FireworkEmulatorSettings } from './firework/settings.js';
import type { ImportlyEmulatorSettings } from './importly/settings.js';
import type { EmulatorLogEntry } from './log/log.js';
import type { GivenTwelvelabsSettings } from './twelvelabs/settings.js';
import type { VideoCdnEmulatorSettings } from './video-cdn/settings.js';

/** How the emulator's own S3 is set up: the "user's bucket", unless another one is named. */
export interface EmulatedS3Settings {
  /** It has a port of its own. 0, the default, takes any free one. */
  port: number;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A bucket that is there from the start. */
  bucket: string;
  /** Whether anybody may read objects, as behind a public bucket policy. Default false. */
  publicRead: boolean;
}

/** How the emulator is set up. */
export interface EmulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** How many seconds the providers' clock runs in a second: at 60 a minute passes in one. Default 1. */
  speed?: number;
  /** Where objects are kept. Default: a temporary folder, removed at close. */
  directory?: string;
  /** Is told of everything the emulator is asked and does. */
  log?: (entry: EmulatorLogEntry) => void;
  /** Certificates in PEM that it trusts besides the usual ones, when it fetches sources and calls back. */
  ca?: string;
  s3?: Partial<EmulatedS3Settings>;
  /** How the emulated Importly is set up. */
  importly?: Partial<ImportlyEmulatorSettings>;
  /** How the emulated Firework is set up. */
  firework?: Partial<FireworkEmulatorSettings>;
  /** How the emulated Video CDN is set up. */
  videoCdn?: Partial<VideoCdnEmulatorSettings>;
  /** How the emulated TwelveLabs is set up. */
  twelvelabs?: GivenTwelvelabsSettings;
  /** Faults to start with. */
  faults?: readonly FaultRule[];
}
