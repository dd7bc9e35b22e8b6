import type { AdapterSubject } from '../../../src/testing/index.js';
import { acmeSubject, behaving, declaring } from '../acme.js';
import { type Broken, starting } from './breaking.js';

/** A subject that declares deliveries to the job's own URL. */
const calledBack: AdapterSubject = {
  ...acmeSubject,
  samples: {
    ...acmeSubject.samples,
    webhook: { genuine: [{ body: '{"job":"job-7"}', toJob: true }], forged: [] },
  },
};

export const brokenKnowledge: Broken = {
  'needs the size of a source exactly where it says so': {
    'declares a size that it does not send': declaring({ needs: ['size'] }),
    'hides that it cannot start without': behaving((members) => ({
      start: (request, context) => {
        if (request.size === undefined) throw new TypeError('no size');
        return members.start(request, context);
      },
    })),
  },
  'looks at what a container says exactly where it says so': {
    'declares rules that it has not': declaring({ reads: ['media'] }),
    'hides its rules': behaving(() => ({
      check: ({ media }) =>
        (media?.durationSeconds ?? 0) > 3_600
          ? [{ severity: 'error', field: 'source.duration', message: 'must last an hour at most' }]
          : [],
    })),
  },
  'hands over a callback URL exactly where it takes deliveries to it': {
    'takes deliveries to a URL that it keeps to itself': calledBack,
    'hands over a URL, and shows no delivery to it': behaving((members) => ({
      start: (request, context) =>
        members.start({ ...request, options: { folder: context.callbackUrl ?? 'none' } }, { ...context }),
    })),
    'keeps it in its memo': {
      ...calledBack,
      adapter: starting((started, { context }) =>
        Object.assign(started, { memo: { callbackUrl: context.callbackUrl ?? null } }),
      ),
    },
  },
};
