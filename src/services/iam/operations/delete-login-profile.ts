import type { DeleteLoginProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { getLoginProfile } from './get-login-profile.ts';

/** As no user has one, none is deleted; who takes a user away with all it has asks for it first. */
export const deleteLoginProfile: Operation<DeleteLoginProfileRequest, object> = getLoginProfile;
