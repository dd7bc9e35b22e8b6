// Uses a file, and says what went wrong if anything did.
import { sqlite } from '@sluice/sqlite';

const [path, id] = process.argv.slice(2);
const store = sqlite({ path });
const now = 1_800_000_000_000;
await store.create({
  ...{ id, key: 'one for all', provider: 'acme', adapter: 'acme', lane: 'main', state: 'queued', phase: 'prepare' },
  ...{ priority: 0, createdAt: now, updatedAt: now, dueAt: now, display: { source: id, name: id } },
  ...{ request: { source: { kind: 'url', url: `https://example.com/${id}?secret` } } },
  ...{ items: [], warnings: [], failures: 0, idleLooks: 0 },
});
console.log((await store.readByKey('one for all')).request.source.url);
await store.close();
