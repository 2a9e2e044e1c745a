import { client, notOneOf, type Refusal } from '../refusal.ts';
import type { ContainerInput, TaskDefinitionInput } from '../task-definition-input.ts';

const logDrivers = ['awsfirelens', 'awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'splunk', 'syslog'];

const requiredOptions: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-group', 'awslogs-region'],
  splunk: ['splunk-token', 'splunk-url'],
};

/** Those of awslogs that the API reference lists. ECS refuses the others of Docker's driver, which it sets itself or does without. */
const awslogsOptions = [
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-group',
  'awslogs-multiline-pattern',
  'awslogs-region',
  'awslogs-stream-prefix',
  'max-buffer-size',
  'mode',
];

/** What is wrong with how one container logs. */
export function* loggingRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const log = container.logConfiguration;
  if (!log) return;
  yield* notOneOf('logDriver', log.logDriver, logDrivers);
  const options = log.options ?? {};
  const secretNames = (log.secretOptions ?? []).map((secret) => secret.name);
  const missing = (requiredOptions[log.logDriver] ?? []).filter(
    (name) => !options[name] && !secretNames.includes(name),
  );
  if (missing.length > 0) yield client(`Log driver ${log.logDriver} requires options: ${missing.join(', ')}`);
  if (log.logDriver === 'awslogs') yield* awslogsRefusals(options, secretNames);
  const isGiven = (name: string): boolean => Boolean(options[name]) || secretNames.includes(name);
  if (isGiven('awslogs-datetime-format') && isGiven('awslogs-multiline-pattern')) {
    yield client("You cannot configure both the 'awslogs-datetime-format' and 'awslogs-multiline-pattern' options.");
  }
  yield* notOneOf('mode', options['mode'], ['blocking', 'non-blocking']);
  for (const secret of log.secretOptions ?? []) {
    if (!secret.name || !secret.valueFrom) yield client('Secret options must have a name and a valueFrom.');
  }
  if (secretNames.length > 0 && !definition.executionRoleArn) {
    yield client("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
}

function* awslogsRefusals(
  options: Readonly<Record<string, string>>,
  secretNames: readonly (string | undefined)[],
): Generator<Refusal> {
  const names = [...Object.keys(options), ...secretNames.flatMap((name) => name || [])];
  const disallowed = names.filter((name) => !awslogsOptions.includes(name));
  if (disallowed.length > 0) yield client(`Log driver awslogs disallows options: ${disallowed.join(', ')}`);
  if ((options['awslogs-create-group'] ?? 'true') !== 'true') {
    yield client("Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.");
  }
}

/** What is wrong with the log router of a task. */
export function* firelensRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const routers = definition.containerDefinitions.filter((container) => container.firelensConfiguration);
  const routed = definition.containerDefinitions.filter(
    (container) => container.logConfiguration?.logDriver === 'awsfirelens',
  );
  for (const router of routers) {
    const { type, options = {} } = router.firelensConfiguration ?? {};
    yield* notOneOf('firelensConfiguration.type', type, ['fluentbit', 'fluentd']);
    yield* notOneOf('enable-ecs-log-metadata', options['enable-ecs-log-metadata'], ['true', 'false']);
    yield* notOneOf('config-file-type', options['config-file-type'], ['s3', 'file']);
    if ((options['config-file-type'] === undefined) !== (options['config-file-value'] === undefined)) {
      yield client('FireLens options config-file-type and config-file-value must be specified together.');
    }
  }
  if (routers.length > 1) yield client('Only one container in a task definition can have a firelensConfiguration.');
  if (routers.length === 1 && routed.length === 0) {
    yield client(
      'When a firelensConfiguration object is specified, at least one container must be configured with the awsfirelens log driver.',
    );
  }
  if (routers.length === 0 && routed.length > 0) {
    yield client(
      'When a container is configured with the awsfirelens log driver, one container must have a firelensConfiguration object.',
    );
  }
}
