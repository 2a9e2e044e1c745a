import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Installation } from './installation.ts';

/** Lets tasks of ECS assume a role. */
export const taskTrust = policyDocument({
  Effect: 'Allow',
  Principal: { Service: 'ecs-tasks.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

/** Makes a role that tasks of ECS assume and that may do what the statements say. */
export async function createTaskRole(
  installation: Pick<Installation, 'sdk'>,
  name: string,
  statements: readonly object[] = [],
): Promise<void> {
  const iam = new IAMClient(installation.sdk);
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: taskTrust }));
  iam.destroy();
  if (statements.length > 0) await putRolePolicy(installation, name, 'own', statements);
}

export async function putRolePolicy(
  { sdk }: Pick<Installation, 'sdk'>,
  RoleName: string,
  PolicyName: string,
  statements: readonly object[],
): Promise<void> {
  const iam = new IAMClient(sdk);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: policyDocument(...statements) }));
  iam.destroy();
}

export function policyDocument(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export function roleArn(name: string): string {
  return `arn:aws:iam::000000000000:role/${name}`;
}
