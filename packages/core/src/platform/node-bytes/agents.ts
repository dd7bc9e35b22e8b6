import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { authorities } from '../node-connections.js';
import { TunnelAgent } from './tunnel-agent.js';

/** The connections of a client, kept alive between parts. */
export interface Agents {
  /** Absent behind a proxy: bytes go through it encrypted, or not at all. */
  http: HttpAgent | undefined;
  https: HttpsAgent;
}

/** Connections as the one network setting says. */
export function createAgents({ proxy, ca }: { proxy?: string; ca?: string }): Agents {
  const options = { keepAlive: true, ...authorities(ca) };
  if (proxy === undefined) return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent(options) };
  return { http: undefined, https: new TunnelAgent(new URL(proxy), options) };
}
