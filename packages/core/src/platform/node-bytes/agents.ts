import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** The connections of a client, kept alive between parts. */
export interface Agents {
  http: HttpAgent;
  https: HttpsAgent;
}

/** Connections as the one network setting says. */
export function createAgents({ proxy, ca }: { proxy?: string; ca?: string }): Agents {
  const authorities = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const options = { keepAlive: true, ...authorities };
  if (proxy === undefined) return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent(options) };
  return { http: new HttpProxyAgent(proxy, options), https: new HttpsProxyAgent(proxy, options) };
}
