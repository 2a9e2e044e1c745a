/** Whether a policy's ARN has a path that begins so. */
export function isUnder(policyArn: string, prefix: string | undefined): boolean {
  if (prefix === undefined || prefix === '/') return true;
  return policyArn.slice(policyArn.indexOf(':policy/') + ':policy'.length).startsWith(prefix);
}

/** Those whose path begins so. */
export function* under<Record extends { readonly path: string }>(
  records: Iterable<Record>,
  prefix: string | undefined,
): Generator<Record> {
  for (const record of records) if (prefix === undefined || record.path.startsWith(prefix)) yield record;
}
