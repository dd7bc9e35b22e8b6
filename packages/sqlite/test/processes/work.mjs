// Works the jobs of a file until none is left, as one of several processes. Prints a line for each job it has saved as completed.
import { sqlite } from '@sluice/sqlite';

const [path, holder] = process.argv.slice(2);
const store = sqlite({ path });
const now = 1_800_000_000_000;

for (;;) {
  const leases = await store.lease({ holder, now, until: now + 15_000, limit: 3 });
  if (leases.length === 0) break;
  await Promise.all(leases.map(complete));
}
await store.close(holder);

async function complete({ record, fence }) {
  const lease = { id: record.id, fence };
  const started = { ...record, state: 'running', intent: { effect: 'start', key: record.id, savedAt: now } };
  const take = { hits: [{ window: 'starts', token: record.id, max: 40, windowMs: 1_000, until: now }] };
  const { outcome } = await store.commit({ lease, record: started, now, take });
  const final = { ...started, state: outcome === 'saved' ? 'completed' : 'failed', dueAt: undefined };
  const ended = await store.commit({ lease, record: final, now, release: true });
  console.log(`${record.id} ${fence} ${outcome} ${ended.outcome}`);
}
