// Leases one job, says so, and stays.
import { sqlite } from '@sluice/sqlite';

const [path, until] = process.argv.slice(2);
const store = sqlite({ path });
const [lease] = await store.lease({ holder: 'child', now: Number(until) - 15_000, until: Number(until) });
console.log(`leased ${lease.record.id} ${lease.fence}`);
setInterval(() => undefined, 1_000);
