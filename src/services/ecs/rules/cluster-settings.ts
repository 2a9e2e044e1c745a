import type { ClusterConfiguration, ClusterSetting } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { invalid, notOneOf, type Refusal } from './refusal.ts';

export const containerInsightsValues = ['enabled', 'disabled', 'enhanced'] as const;

/** What is wrong with the settings of a cluster. */
export function* settingRefusals(settings: readonly Kept<ClusterSetting>[] | undefined): Generator<Refusal> {
  for (const { name, value } of settings ?? []) {
    yield* notOneOf('name', name ?? '', ['containerInsights']);
    yield* notOneOf('value', value ?? '', containerInsightsValues);
  }
}

/** What is wrong with the configuration of a cluster. */
export function* configurationRefusals(configuration: Kept<ClusterConfiguration> | undefined): Generator<Refusal> {
  const command = configuration?.executeCommandConfiguration;
  if (!command) return;
  yield* notOneOf('logging', command.logging, ['NONE', 'DEFAULT', 'OVERRIDE']);
  const log = command.logConfiguration;
  if (command.logging === 'OVERRIDE' && !log) {
    yield invalid('If you specify OVERRIDE for logging, you must also specify a logConfiguration.');
  }
  if (command.logging !== 'OVERRIDE' && log) {
    yield invalid('A logConfiguration can only be specified when logging is OVERRIDE.');
  }
  if (log && !log.cloudWatchLogGroupName && !log.s3BucketName) {
    yield invalid('A logConfiguration must have a cloudWatchLogGroupName or an s3BucketName.');
  }
}
