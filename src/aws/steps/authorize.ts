import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import type { BoundService } from '../bound-service.ts';
import { AwsError } from '../error.ts';
import type { Call, Principal } from '../operation.ts';
import type { Permission } from '../permission.ts';
import type { ProtocolFamily } from '../protocols/protocol.ts';

/**
 * Refuses what no policy allows the caller. The root user may do all in its account, so nothing is worked out for it
 * where a request cannot leave that: which resources it touches is only asked for those to whom it matters.
 */
export function authorize(
  { authorizer, store }: AuthorizeParts,
  service: BoundService,
  family: ProtocolFamily,
  call: Call,
  input: object,
): void {
  const isOwner = isRoot(call.principal);
  if (isOwner && !service.namesOtherAccounts) return;
  const denied = store.view((reader) => {
    const asked = service.permissions(call.operation, input, call, reader);
    return authorizer.refuse(reader, call, isOwner ? asked.filter((each) => isForeign(each, call)) : asked);
  });
  if (denied) throw inWordsOf(family, denied);
}

export interface AuthorizeParts {
  readonly authorizer: Authorizer;
  readonly store: Store;
}

function isForeign({ resourceAccountId = '' }: Permission, { accountId }: Call): boolean {
  return resourceAccountId !== '' && resourceAccountId !== accountId;
}

/** No other principal's name can hold a colon at this place. */
export function isRoot({ arn }: Principal): boolean {
  return arn.endsWith(':root');
}

/** AWS has one sentence for it, and a code for each family of protocols. */
function inWordsOf(family: ProtocolFamily, denied: AwsError): AwsError {
  switch (family) {
    case 'json':
    case 'cbor':
      return new AwsError('AccessDeniedException', denied.message, { status: 400 });
    case 'rest-json':
      return new AwsError('AccessDeniedException', denied.message, { status: 403 });
    case 'ec2':
      return new AwsError(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. ${denied.message}`,
        { status: 403 },
      );
    default:
      return denied;
  }
}
