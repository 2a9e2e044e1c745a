import type { Client } from './client.ts';
import { callByQuery } from './query-requests.ts';
import type { System } from './system.ts';

/** What tasks of the workload are given: a role of their own, one for their agent, and a secret. */

const account = '000000000000';
/** Taken away now and then: it does not trust ECS any more. */
export const appRoleArn = `arn:aws:iam::${account}:role/sim-app`;
export const executionRoleArn = `arn:aws:iam::${account}:role/sim-execution`;
export const noRoleArn = `arn:aws:iam::${account}:role/sim-nobody`;
export const secretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:sim-key`;
export const secretText = 'told to nobody';
export const noSecretArn = `arn:aws:secretsmanager:us-east-1:${account}:secret:sim-no-key`;

export async function prepareRoles(system: System, client: Client): Promise<void> {
  for (const RoleName of ['sim-app', 'sim-execution']) {
    const input = { Action: 'CreateRole', RoleName, AssumeRolePolicyDocument: trusting('ecs-tasks.amazonaws.com') };
    await callByQuery(system, 'iam', input, ['EntityAlreadyExists']);
  }
  await callByQuery(system, 'iam', {
    Action: 'PutRolePolicy',
    RoleName: 'sim-execution',
    PolicyName: 'agents',
    PolicyDocument: policy({ Action: ['secretsmanager:GetSecretValue', 'logs:Create*'], Resource: '*' }),
  });
  const secret = { Name: 'sim-key', SecretString: secretText, ClientRequestToken: '0'.repeat(32) };
  await client.call('CreateSecret', secret, { service: 'secretsmanager' });
}

/** Whether ECS may assume the role of the applications from now on. */
export async function trustEcs(system: System, isTrusted: boolean): Promise<void> {
  await callByQuery(system, 'iam', {
    Action: 'UpdateAssumeRolePolicy',
    RoleName: 'sim-app',
    PolicyDocument: trusting(isTrusted ? 'ecs-tasks.amazonaws.com' : 'ec2.amazonaws.com'),
  });
}

function trusting(service: string): string {
  return policy({ Principal: { Service: service }, Action: 'sts:AssumeRole' });
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}
