/** What is built of IAM, by AWS's name. */
import type { Service } from '../../aws/service.ts';

export const iamOperations: Service['operations'] = {};
