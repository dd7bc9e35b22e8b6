// One process of a job's life: imports a source, or carries on what a dead process left, and kills itself at a given call.
// Arguments: JSON { database, baseUrl, apiKey, source, killAt?: { call, when } }; prints the jobs as JSON when it lives to the end.
import { createSluice } from '@sluice/core';
import { importly } from '@sluice/importly';
import { sqlite } from '@sluice/sqlite';

const { database, baseUrl, apiKey, source, killAt } = JSON.parse(process.argv[2]);
let calls = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing may happen until it arrives.
  return new Promise(() => undefined);
}

/** Runs a call of the store or of the wire, or dies right before or right after it. */
async function counted(run) {
  calls += 1;
  const mine = calls;
  if (killAt?.call === mine && killAt.when === 'before') return die();
  const answer = await run();
  if (killAt?.call === mine && killAt.when === 'after') return die();
  return answer;
}

const changes = new Set(['create', 'lease', 'commit', 'admit', 'settle', 'hold', 'close']);
const store = new Proxy(sqlite({ path: database }), {
  get(target, name) {
    const member = target[name];
    if (typeof member !== 'function') return member;
    const bound = member.bind(target);
    return changes.has(name) ? (...args) => counted(() => bound(...args)) : bound;
  },
});

const sluice = createSluice({
  providers: { importly: importly({ apiKey, baseUrl, pollIntervalMs: 40 }) },
  store,
  fetch: (input, init) => counted(() => fetch(input, init)),
});

if (source === undefined) await sluice.run({ untilIdle: true });
else await (await sluice.import({ source })).wait().catch(() => undefined);
const jobs = [];
for await (const { state, error } of sluice.jobs()) jobs.push({ state, code: error?.code, message: error?.message });
await sluice.close();
console.log(JSON.stringify({ jobs, calls }));
