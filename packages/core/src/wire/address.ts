import ipaddr from 'ipaddr.js';
import { SluiceError } from '../model/error.js';

/**
 * True for an address that a stranger's URL must not reach: loopback, private, link-local, carrier-grade NAT, multicast,
 * reserved, and IPv6 forms that carry such an IPv4 address. A text that is no address is not private.
 */
export function isPrivateAddress(text: string): boolean {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return false;
  const address = ipaddr.process(bare);
  const judged = address instanceof ipaddr.IPv6 ? (embeddedIPv4(address) ?? address) : address;
  return judged.range() !== 'unicast' || (judged instanceof ipaddr.IPv6 && !judged.match(globalUnicast));
}

/** What is routed at all (RFC 4291): what no range names, such as the old `::127.0.0.1`, is not public for that. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const sixToFour = ipaddr.IPv6.parseCIDR('2002::/16');

/** NAT64 and 6to4 carry an IPv4 address that the packet ends up at. Other NAT64 prefixes are an operator's own: private. */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  if (address.match(nat64)) return new ipaddr.IPv4(bytes.slice(12));
  return address.match(sixToFour) ? new ipaddr.IPv4(bytes.slice(2, 6)) : undefined;
}

/** The refusal to connect to `host`; says which setting allows it. */
export function privateAddressError(host: string): SluiceError {
  return new SluiceError({
    code: 'source-unreachable',
    retry: 'never',
    message: `${host} leads to a private address, which URLs from outside may not reach; set network.allowPrivateAddresses to true if it is yours`,
  });
}

/** Refuses a host that is itself a private address, or a name that always means this machine. */
export function assertPublicHost(host: string): void {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isPrivateAddress(name) || name === 'localhost' || name.endsWith('.localhost')) throw privateAddressError(host);
}
