// Adds and completes jobs without end, and prints a line for each change as soon as the store says that it is saved.
import { sqlite } from '@sluice/sqlite';

const [path, name] = process.argv.slice(2);
const store = sqlite({ path });
const now = 1_800_000_000_000;
let count = 0;

await Promise.all(Array.from({ length: 10 }, writeForever));

async function writeForever() {
  for (;;) {
    count += 1;
    const id = `${name}-${count}`;
    const request = { source: { kind: 'url', url: `https://example.com/${id}?secret=${id}` } };
    const record = {
      ...{ id, provider: 'acme', adapter: 'acme', lane: 'main', state: 'queued', phase: 'prepare', priority: 0 },
      ...{ createdAt: now, updatedAt: now, dueAt: now, display: { source: id, name: id }, request },
      ...{ items: [], warnings: [], failures: 0, idleLooks: 0 },
    };
    await store.create(record);
    process.stdout.write(`created ${id}\n`);
    const [lease] = await store.lease({ holder: name, now, until: now + 1_000, id });
    const { dueAt: _never, ...rest } = lease.record;
    await store.commit({ lease: { id, fence: lease.fence }, record: { ...rest, state: 'failed' }, now, release: true });
    process.stdout.write(`ended ${id}\n`);
  }
}
