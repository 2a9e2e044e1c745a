import type { Decision, Layer } from './evaluate.ts';

/** AWS's sentence for a refusal. The layer that refused is named, its policy is not. */
export function denialMessage(
  who: string,
  action: string,
  resource: string,
  decision: Exclude<Decision, { readonly decision: 'allow' }>,
): string {
  const isTrust = decision.by === 'resource' && action.toLowerCase().startsWith('sts:assumerole');
  const layer = isTrust ? 'role trust policy' : layerNames[decision.by];
  const why =
    decision.decision === 'explicitDeny'
      ? `with an explicit deny in ${isTrust ? 'the' : /^[aeiou]/.test(layer) ? 'an' : 'a'} ${layer}`
      : `because no ${layer} allows the ${action} action`;
  // S3, and no other service, puts the resource in quotes.
  const named = action.toLowerCase().startsWith('s3:') ? `"${resource}"` : resource;
  return `User: ${who} is not authorized to perform: ${action} on resource: ${named} ${why}`;
}

const layerNames: Readonly<Record<Layer, string>> = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
};
