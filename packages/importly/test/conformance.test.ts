import { adapterCases } from '@sluice/core/testing';
import { test } from 'vitest';
import { importlySubject } from './importly-subject.js';

for (const { name, run } of adapterCases(importlySubject)) test(name, run);
