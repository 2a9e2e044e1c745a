import type { PayloadContainer } from '../../../agent/contract.ts';
import { isEcrImage } from './images.ts';

/** Our registry, as a stock agent's machine reaches it. */
export interface OwnRegistry {
  readonly host: string;
  /** Where its tokens are asked for. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
}

/**
 * An image of ECR for an agent that knows nothing of us: the name by which its engine can pull it, and where the token for
 * that comes from. The stock agent asks AWS itself unless the payload names an endpoint (amazon-ecs-agent, agent/ecr).
 * Undefined for any other image.
 */
export function ecrImageFor(
  image: string,
  registry: OwnRegistry,
  useExecutionRole: boolean,
): Pick<PayloadContainer, 'image' | 'registryAuthentication'> | undefined {
  const { host, endpoint, accountId: registryId, region } = registry;
  if (!isEcrImage(image) && !image.startsWith(`${host}/`)) return undefined;
  return {
    image: `${host}${image.slice(image.indexOf('/'))}`,
    registryAuthentication: {
      type: 'ecr',
      ecrAuthData: { registryId, region, endpointOverride: endpoint, useExecutionRole },
    },
  };
}
