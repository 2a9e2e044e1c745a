/** An ARN taken apart: arn:partition:service:region:account:resource. `resource` keeps its own slashes and colons. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

/** The parts of an ARN, or undefined when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || accountId === undefined) return undefined;
  const resource = rest.join(':');
  return resource === '' ? undefined : { partition, service, region, accountId, resource };
}

/** Joined, not added up: ARNs are keys, and text added up stays a tree of its pieces that is slower to compare and larger. */
export function formatArn(arn: Omit<Arn, 'partition'>): string {
  return ['arn:aws', arn.service, arn.region, arn.accountId, arn.resource].join(':');
}
