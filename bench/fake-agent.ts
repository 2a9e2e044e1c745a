import type { DiscoverPollEndpointResponse, RegisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { Client } from '../test/running/cluster.ts';

/** An agent with room for everything that acknowledges what it is sent and runs nothing: an engine that costs nothing. */
export async function connectFakeAgent(
  client: Client,
  cluster: string,
): Promise<{ readonly arn: string; close(): void }> {
  const { containerInstance } = await client.call<RegisterContainerInstanceResponse>(
    'ecs',
    'RegisterContainerInstance',
    {
      cluster,
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2_000_000_000 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 2_000_000_000 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ],
      attributes: [
        'com.amazonaws.ecs.capability.docker-remote-api.1.18',
        'com.amazonaws.ecs.capability.docker-remote-api.1.19',
        'ecs.capability.task-cpu-mem-limit',
      ].map((name) => ({ name })),
    },
  );
  const arn = containerInstance?.containerInstanceArn ?? '';
  const { endpoint = '' } = await client.call<DiscoverPollEndpointResponse>('ecs', 'DiscoverPollEndpoint', {
    cluster,
    containerInstance: arn,
  });
  const query = new URLSearchParams({
    agentHash: 'bench',
    agentVersion: '1.0.0',
    clusterArn: cluster,
    containerInstanceArn: arn,
    protocolVersion: '2',
    sendCredentials: 'false',
    seqNum: '1',
  });
  const socket = await client.openSocket(`${endpoint.replace(/\/?$/, '/')}ws?${query.toString()}`);
  socket.onMessage((text) => {
    const { type, message } = JSON.parse(String(text));
    const ack = type === 'HeartbeatMessage' ? 'HeartbeatAckRequest' : 'AckRequest';
    socket.send(
      JSON.stringify({ type: ack, message: { cluster, containerInstance: arn, messageId: message.messageId } }),
    );
  });
  return { arn, close: () => socket.close(1000, 'done') };
}
