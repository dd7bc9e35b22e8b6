import { formCases } from './form-cases.js';
import { listCases } from './list-cases.js';
import { multipartCases } from './multipart-cases.js';
import { objectCases } from './object-cases.js';
import type { S3Case } from './store.js';

/** What every S3 does alike: held against the emulator's face and against Ceph's gateway. */
export const s3Cases: S3Case[] = [...objectCases, ...multipartCases, ...formCases, ...listCases];
