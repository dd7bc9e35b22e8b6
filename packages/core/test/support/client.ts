import { createHash } from 'node:crypto';
import { onTestFinished, vi } from 'vitest';
import { createSluice } from '../../src/engine/create.js';
import type { LogEntry, Sluice, SluiceOptions } from '../../src/engine/sluice.js';
import type { CommonSettings } from '../../src/model/define-adapter.js';
import type { JobRecord } from '../../src/model/record.js';
import type { Store } from '../../src/store/contract.js';
import { memoryStore } from '../../src/store/memory.js';
import { type AcmeScript, acmeAdapter } from './acme.js';
import { ManualClock } from './manual-clock.js';

/** A client of the provider that the script makes, on a clock of its own. Closed when the test ends. */
export interface TestClient {
  sluice: Sluice;
  clock: ManualClock;
  store: Store;
  log: LogEntry[];
  /** The job's record as the store has it. */
  record(id: string): Promise<JobRecord>;
}

/** What a test may set besides the script. */
export interface ClientOptions extends Omit<SluiceOptions, 'providers' | 'clock' | 'store' | 'log' | 'default'> {
  store?: Store;
  clock?: ManualClock;
  settings?: CommonSettings & { apiKey?: string; baseUrl?: string };
}

export const source = 'https://media.example/clip.mp4';

/** The platform hashes beside the event loop, where a clock that is moved by hand cannot see it: here it takes no time. */
function hashAtOnce(): void {
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (_algorithm, data) => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    return new Uint8Array(createHash('sha256').update(bytes).digest()).buffer;
  });
}

export function makeClient(script: AcmeScript = {}, options: ClientOptions = {}): TestClient {
  const { settings = {}, clock = new ManualClock(), store = memoryStore(), ...rest } = options;
  hashAtOnce();
  const log: LogEntry[] = [];
  const sluice = createSluice({
    ...rest,
    providers: { acme: acmeAdapter(script)(settings) },
    clock,
    store,
    log: (entry) => log.push(entry),
  });
  onTestFinished(() => clock.run(sluice.close()));
  return {
    sluice,
    clock,
    store,
    log,
    record: async (id) => {
      const record = await store.read(id);
      if (record === undefined) throw new Error(`there is no job ${id}`);
      return record;
    },
  };
}
