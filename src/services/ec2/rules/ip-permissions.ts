import type { IpPermission } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Answer, Parsed } from '../../../aws/operation.ts';
import type { SecurityGroupPeer, SecurityGroupRuleRecord } from '../tables.ts';
import { formatAddress, parseCidr } from './cidr.ts';

/** A rule without its id. */
export type RuleSpec = Omit<SecurityGroupRuleRecord, 'ruleId' | 'isEgress'>;

/** One rule for each peer that the permissions name. Groups stand as `name or id`, to be found by whoever knows them. */
export function ruleSpecsOf(
  permissions: readonly Parsed<IpPermission>[],
  groupIdOf: (pair: NonNullable<Parsed<IpPermission>['UserIdGroupPairs']>[number]) => string,
): readonly RuleSpec[] {
  return permissions.flatMap((permission) => {
    const traffic = trafficOf(permission);
    const rule = (peer: SecurityGroupPeer, description: string | undefined): RuleSpec => ({
      ...traffic,
      peer,
      ...(description === undefined ? {} : { description: checkedDescription(description) }),
    });
    if (permission.PrefixListIds?.length) {
      throw new AwsError(
        'UnsupportedOperation',
        'Longshore does not implement prefix lists in rules of security groups yet.',
      );
    }
    const rules = [
      ...(permission.IpRanges ?? []).map((it) => rule({ cidrIpv4: canonicalCidr(it.CidrIp ?? '') }, it.Description)),
      ...(permission.Ipv6Ranges ?? []).map((it) =>
        rule({ cidrIpv6: canonicalCidrV6(it.CidrIpv6 ?? '') }, it.Description),
      ),
      ...(permission.UserIdGroupPairs ?? []).map((it) => rule({ groupId: groupIdOf(it) }, it.Description)),
    ];
    if (rules.length === 0) {
      throw new AwsError(
        'MissingParameter',
        'The request must contain the parameter IpRanges, Ipv6Ranges or UserIdGroupPairs',
      );
    }
    return rules;
  });
}

/** Rules of one direction as AWS shows them: peers of the same traffic together. */
export function ipPermissionsOf(rules: readonly RuleSpec[], accountId: string): readonly Answer<IpPermission>[] {
  const byTraffic = new Map<string, RuleSpec[]>();
  for (const rule of rules) {
    const key = trafficKey(rule);
    byTraffic.set(key, [...(byTraffic.get(key) ?? []), rule]);
  }
  return [...byTraffic.values()].map((same) => {
    const [{ protocol, fromPort, toPort } = { protocol: '-1' }] = same;
    const described = ({ description }: RuleSpec) => (description === undefined ? {} : { Description: description });
    return {
      IpProtocol: protocol,
      ...(fromPort === undefined ? {} : { FromPort: fromPort }),
      ...(toPort === undefined ? {} : { ToPort: toPort }),
      IpRanges: same.flatMap((rule) =>
        'cidrIpv4' in rule.peer ? [{ CidrIp: rule.peer.cidrIpv4, ...described(rule) }] : [],
      ),
      Ipv6Ranges: same.flatMap((rule) =>
        'cidrIpv6' in rule.peer ? [{ CidrIpv6: rule.peer.cidrIpv6, ...described(rule) }] : [],
      ),
      PrefixListIds: [],
      UserIdGroupPairs: same.flatMap((rule) =>
        'groupId' in rule.peer ? [{ GroupId: rule.peer.groupId, UserId: accountId, ...described(rule) }] : [],
      ),
    };
  });
}

/** Two rules are the same where their traffic and their peer are, whatever their descriptions say. */
export function isSameRule(a: RuleSpec, b: RuleSpec): boolean {
  return trafficKey(a) === trafficKey(b) && peerText(a.peer) === peerText(b.peer);
}

export function peerText(peer: SecurityGroupPeer): string {
  if ('groupId' in peer) return peer.groupId;
  return 'cidrIpv4' in peer ? peer.cidrIpv4 : peer.cidrIpv6;
}

function trafficKey({ protocol, fromPort, toPort }: RuleSpec): string {
  return [protocol, fromPort, toPort].join();
}

export interface TrafficInput {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
}

export function trafficOf(input: TrafficInput): Pick<RuleSpec, 'protocol' | 'fromPort' | 'toPort'> {
  const protocol = protocolOf(input.IpProtocol ?? '');
  const { FromPort: fromPort, ToPort: toPort } = input;
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    const [type, code] = [fromPort ?? -1, toPort ?? -1];
    for (const value of [type, code]) {
      if (value < -1 || value > 255) throw invalidValue(`ICMP code (${value}) out of range`);
    }
    return { protocol, fromPort: type, toPort: code };
  }
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol };
  // AWS takes -1 as all ports here too.
  if (fromPort === -1 && (toPort === undefined || toPort === -1)) return { protocol, fromPort: 0, toPort: 65_535 };
  if (fromPort === undefined || toPort === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  for (const port of [fromPort, toPort]) {
    if (port < 0 || port > 65_535) throw invalidValue(`TCP/UDP port (${port}) out of range`);
  }
  if (fromPort > toPort) throw invalidValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  return { protocol, fromPort, toPort };
}

function protocolOf(text: string): string {
  const lower = text.toLowerCase();
  if (lower === 'all') return '-1';
  const named = protocolNames.get(lower) ?? lower;
  if (['-1', 'tcp', 'udp', 'icmp', 'icmpv6'].includes(named)) return named;
  if (/^\d{1,3}$/.test(named) && Number(named) <= 255) return String(Number(named));
  throw invalidValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
}

/** AWS shows these by name, however they were given. */
const protocolNames: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['58', 'icmpv6'],
]);

/** IANA's number of a rule's protocol, -1 for all. */
export function protocolNumber(protocol: string): number {
  for (const [number, name] of protocolNames) if (name === protocol) return Number(number);
  return Number(protocol);
}

/** AWS keeps the network of what is given: 100.68.0.18/18 becomes 100.68.0.0/18. */
export function canonicalCidr(text: string): string {
  const [address = '', prefix = ''] = text.split('/');
  const octets = parseCidr(`${address}/32`);
  const prefixLength = Number(prefix);
  if (!octets || !/^\d{1,2}$/.test(prefix) || prefixLength > 32) throw malformedCidr(text);
  const size = 2 ** (32 - prefixLength);
  return `${formatAddress(Math.floor(octets.first / size) * size)}/${prefixLength}`;
}

/** Kept and shown; tasks have no IPv6 addresses, so that it decides nothing. */
export function canonicalCidrV6(text: string): string {
  const [address = '', prefix = ''] = text.split('/');
  const isAddress = address.includes(':') && /^[0-9a-fA-F:.]{2,45}$/.test(address) && address.split('::').length <= 2;
  if (!isAddress || !/^\d{1,3}$/.test(prefix) || Number(prefix) > 128) throw malformedCidr(text);
  return text.toLowerCase();
}

export function checkedDescription(text: string): string {
  if (text.length > 255 || /[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/.test(text)) {
    throw invalidValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  }
  return text;
}

function malformedCidr(text: string): AwsError {
  return invalidValue(`CIDR block ${text} is malformed`);
}

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
