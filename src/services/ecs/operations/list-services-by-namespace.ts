import type { ListServicesByNamespaceRequest, ListServicesByNamespaceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { namespaceNotFound } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { limits } from '../rules/limits.ts';

/** Services are in a namespace by Service Connect, which is not built: there is no namespace to be found. */
export const listServicesByNamespace: Operation<
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse,
  EcsParts
> = (input) => {
  pageAsked(input, limits.servicesPage);
  throw namespaceNotFound();
};
