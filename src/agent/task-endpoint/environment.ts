import type { PayloadContainer } from '../contract.ts';
import type { TaskRecord } from '../state.ts';
import { endpointAddress, endpointIdOf } from './addresses.ts';

/**
 * What tells a container where to find its metadata, its role's credentials and this AWS. A definition's own variables
 * win over these. `endpointUrl` is left out for a task or cluster that wants none.
 */
export function endpointEnvironment(
  task: TaskRecord,
  container: PayloadContainer,
  endpointUrl: string | undefined,
): Readonly<Record<string, string>> {
  const id = endpointIdOf(task, container.name);
  const base = `http://${endpointAddress}`;
  const credentialsId = task.credentialsIds?.task;
  return {
    ECS_CONTAINER_METADATA_URI: `${base}/v3/${id}`,
    ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${id}`,
    ECS_AGENT_URI: `${base}/api/${id}`,
    ...(credentialsId === undefined
      ? {}
      : { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${credentialsId}` }),
    ...(endpointUrl === undefined || task.payload.longshore?.endpoint === 'none'
      ? {}
      : { AWS_ENDPOINT_URL: endpointUrl }),
  };
}
