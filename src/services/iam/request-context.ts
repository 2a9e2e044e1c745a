import type { Call } from '../../aws/operation.ts';
import type { Permission } from '../../aws/permission.ts';
import type { PrincipalPolicies } from './principal-policies.ts';
import type { Context } from './rules/context.ts';

/**
 * What conditions may ask of a request: the global keys, each worked out only when a policy asks, and what the service
 * says of this request.
 */
export function requestContext(call: Call, of: PrincipalPolicies, permission: Permission): Context {
  let own: ReadonlyMap<string, readonly string[]> | undefined;
  const ownValues = (): ReadonlyMap<string, readonly string[]> => {
    if (own) return own;
    const values = new Map<string, readonly string[]>();
    for (const [name, value] of Object.entries(permission.conditions ?? {})) {
      values.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
    }
    own = values;
    return values;
  };
  return {
    get(name) {
      const value = Object.hasOwn(globalKeys, name) ? globalKeys[name]?.(call, of, permission) : undefined;
      if (value !== undefined) return [value];
      if (name.startsWith(principalTag)) return tagNamed(of.tags, name.slice(principalTag.length));
      const found = ownValues().get(name);
      if (found) return found;
      // Services have a name of their own for the tags of their resources: ecs:ResourceTag/team is aws:ResourceTag/team.
      const tag = /^[a-z0-9-]+:resourcetag\/(.+)$/.exec(name)?.[1];
      return tag === undefined ? undefined : ownValues().get(`aws:resourcetag/${tag}`);
    },
  };
}

const principalTag = 'aws:principaltag/';

/** Keys of tags are found whatever their case, as the condition keys they become part of. */
function tagNamed(tags: Readonly<Record<string, string>>, lowerKey: string): readonly string[] | undefined {
  for (const [key, value] of Object.entries(tags)) if (key.toLowerCase() === lowerKey) return [value];
  return undefined;
}

type GlobalKey = (call: Call, of: PrincipalPolicies, permission: Permission) => string | undefined;

const globalKeys: Readonly<Record<string, GlobalKey>> = {
  'aws:principalarn': ({ principal }) => principal.session?.role?.arn ?? principal.arn,
  'aws:principalaccount': ({ principal }) => principal.accountId,
  'aws:principaltype': (_call, { caller }) => principalTypes[caller.kind],
  'aws:principalisawsservice': () => 'false',
  'aws:viaawsservice': () => 'false',
  'aws:userid': ({ principal }) => principal.userId,
  'aws:username': (_call, { userName }) => userName,
  'aws:sourceip': ({ sourceAddress }) => sourceAddress.replace(/^::ffff:/, ''),
  'aws:currenttime': ({ receivedAt }) => new Date(receivedAt).toISOString(),
  'aws:epochtime': ({ receivedAt }) => String(Math.floor(receivedAt / 1000)),
  // Differs from AWS: what does not leave the machine counts as secure, or policies made for AWS would refuse it.
  'aws:securetransport': ({ endpoint, sourceAddress }) =>
    String(endpoint.startsWith('https:') || /^(::ffff:)?127\.|^::1$/.test(sourceAddress)),
  'aws:requestedregion': ({ region }) => region,
  'aws:resourceaccount': ({ accountId }, _of, { resourceAccountId }) => resourceAccountId ?? accountId,
  'aws:tokenissuetime': ({ principal }) => principal.session && new Date(principal.session.issuedAt).toISOString(),
  'aws:multifactorauthpresent': ({ principal }) => (principal.session ? 'false' : undefined),
  'aws:sourceidentity': ({ principal }) => principal.session?.sourceIdentity,
  'aws:federatedprovider': ({ principal }) => principal.session?.federatedProvider,
};

const principalTypes: Readonly<Record<string, string>> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
};
