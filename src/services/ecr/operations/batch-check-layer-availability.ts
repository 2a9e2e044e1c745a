import type {
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse,
  Layer,
  LayerFailure,
} from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { isDigest } from '../../../dataplane/registry/contract.ts';
import { checkBatch } from '../image-failures.ts';
import { promisedLayer } from '../layer-writes.ts';
import type { EcrParts } from '../parts.ts';
import { repositoryNamed } from '../references.ts';
import { limits } from '../rules/limits.ts';

export const batchCheckLayerAvailability: Operation<
  BatchCheckLayerAvailabilityRequest,
  BatchCheckLayerAvailabilityResponse,
  EcrParts
> = async (input, { call, store, parts }) => {
  checkBatch(input.layerDigests, 'layerDigests', limits.batchLayers);
  const repository = store.view((reader) => repositoryNamed(reader, call, input));
  const layers: Answer<Layer>[] = [];
  const failures: Answer<LayerFailure>[] = [];
  for (const layerDigest of input.layerDigests) {
    if (!isDigest(layerDigest)) {
      const failureReason =
        "Invalid request parameters: layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
      failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason });
      continue;
    }
    const layer = await promisedLayer(store, parts.clock, repository.id, layerDigest);
    layers.push(
      layer
        ? { layerDigest, layerAvailability: 'AVAILABLE', layerSize: layer.sizeBytes }
        : { layerDigest, layerAvailability: 'UNAVAILABLE' },
    );
  }
  return { layers, failures };
};
