import { adapterCases } from '@sluice/core/testing';
import { test } from 'vitest';
import { videoCdnSubject } from './video-cdn-subject.js';

for (const { name, run } of adapterCases(videoCdnSubject)) test(name, run);
