/** What IAM's own operations ask of IAM: the users, groups, roles, policies and profiles that they touch. */
import type { Permissions } from '../../aws/permission.ts';

export const iamPermissions: Readonly<Record<string, Permissions<never>>> = {};
