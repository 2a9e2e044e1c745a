import type { ContainerDefinition, PortMapping, RegisterTaskDefinitionRequest, Volume } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';

/** What RegisterTaskDefinition was given, before anything is filled in. */
export type TaskDefinitionInput = Kept<RegisterTaskDefinitionRequest>;
export type ContainerInput = Kept<ContainerDefinition>;
export type PortMappingInput = Kept<PortMapping>;
export type VolumeInput = Kept<Volume>;
