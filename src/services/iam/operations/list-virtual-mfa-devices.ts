import type { ListVirtualMFADevicesRequest, ListVirtualMFADevicesResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';

/** There are no operations that make any. */
export const listVirtualMfaDevices: Operation<ListVirtualMFADevicesRequest, ListVirtualMFADevicesResponse> = () => {
  return { VirtualMFADevices: [], IsTruncated: false };
};
