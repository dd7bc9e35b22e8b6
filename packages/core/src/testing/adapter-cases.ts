import type { AdapterSubject, ConformanceCase } from './adapter-subject.js';
import { authorizationCases } from './cases/authorization-cases.js';
import { declarationCases } from './cases/declaration-cases.js';
import { effectCases } from './cases/effect-cases.js';
import { engineCases } from './cases/engine-cases.js';
import { errorCases } from './cases/error-cases.js';
import { knowledgeCases } from './cases/knowledge-cases.js';
import { optionalCases } from './cases/optional-cases.js';
import { putCases } from './cases/put-cases.js';
import { startCases } from './cases/start-cases.js';
import { statusCases } from './cases/status-cases.js';
import { strictnessCases } from './cases/strictness-cases.js';
import { uploadCases } from './cases/upload-cases.js';
import { uploadMemberCases } from './cases/upload-member-cases.js';
import { webhookCases } from './cases/webhook-cases.js';

/**
 * What every adapter must do, as cases for any test runner: `for (const { name, run } of adapterCases(subject)) test(name, run)`. The
 * subject's capabilities pick the cases, its samples stand for the provider, and nothing reaches a network.
 */
export function adapterCases(subject: AdapterSubject): ConformanceCase[] {
  return [
    ...declarationCases(subject),
    ...knowledgeCases(subject),
    ...strictnessCases(subject),
    ...startCases(subject),
    ...statusCases(subject),
    ...errorCases(subject),
    ...authorizationCases(subject),
    ...uploadCases(subject),
    ...uploadMemberCases(subject),
    ...putCases(subject),
    ...effectCases(subject),
    ...webhookCases(subject),
    ...optionalCases(subject),
    ...engineCases(subject),
  ];
}
