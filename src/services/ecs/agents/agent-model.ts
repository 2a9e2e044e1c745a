import { assert } from '../../../core/assert.ts';
import type { ServiceModel } from '../../../aws/model.ts';

/**
 * ECS's model with what agents send and AWS does not publish. RegisterContainerInstance has a token by which a repeated
 * attempt finds the instance of the first (amazon-ecs-agent, ecs-agent/api/ecs/client); the published model lacks it.
 */
export function withAgentMembers(model: ServiceModel): ServiceModel {
  const name = 'RegisterContainerInstanceRequest';
  const request = model.shapes[name];
  assert(request?.kind === 'structure', `${name} is a structure of the model`);
  const members = { ...request.members, clientToken: { shape: 'string' } };
  return { ...model, shapes: { ...model.shapes, [name]: { ...request, members } } };
}
