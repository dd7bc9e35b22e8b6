import * as z from 'zod';
import { startService } from '../processes/service.js';

/** How a sink is set up. */
export interface SinkOptions {
  /** The compiled program. */
  program: string;
  /** What each connection takes in a second, in bytes; as fast as it can otherwise. */
  pace?: number;
  /** Paths of a certificate and its key, for a program that speaks TLS. */
  tls?: { certificate: string; key: string };
}

/** What a sink counted: bytes of bodies that were sent to be kept. */
export const countedSchema = z.object({ requests: z.int(), bytes: z.int() });

/** A sink for one measurement: nothing is left of another's connections, and what it counts is that one's. */
export async function withSink<T>(
  { program, pace, tls }: SinkOptions,
  use: (origin: string) => Promise<T>,
): Promise<{ result: T; counted: z.output<typeof countedSchema> }> {
  const options = [
    ...(pace === undefined ? [] : ['--pace', String(pace)]),
    ...(tls === undefined ? [] : ['--tls', tls.certificate, tls.key]),
  ];
  const ready = z.object({ port: z.int() });
  const service = await startService({ name: 'the sink', command: program, options, ready, last: countedSchema });
  let result: T;
  try {
    result = await use(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${service.ready.port}`);
  } catch (error) {
    await service.stop().catch(() => undefined);
    throw error;
  }
  return { result, counted: countedSchema.parse(await service.stop()) };
}
