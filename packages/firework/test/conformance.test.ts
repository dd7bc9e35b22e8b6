import { adapterCases } from '@sluice/core/testing';
import { test } from 'vitest';
import { fireworkSubject } from './firework-subject.js';

for (const { name, run } of adapterCases(fireworkSubject)) test(name, run);
