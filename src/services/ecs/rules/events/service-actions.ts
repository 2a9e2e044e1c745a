/** Which words of a service's events are an event of EventBridge, and what its detail says of them. */
import type { ServiceRecord } from '../../service-tables.ts';

type Groups = Readonly<Record<string, string | undefined>>;

export interface Action {
  readonly words: RegExp;
  readonly eventName: string;
  readonly eventType: 'INFO' | 'WARN' | 'ERROR';
  readonly detailOf?: (groups: Groups, service: ServiceRecord) => Readonly<Record<string, unknown>>;
}

export function actionOf(message: string): { readonly action: Action; readonly groups: Groups } | undefined {
  for (const action of actions) {
    const found = action.words.exec(message);
    if (found) return { action, groups: found.groups ?? {} };
  }
  return undefined;
}

/** ARNs of the capacity providers that the service's strategy names. */
export function providersOf({ accountId, region, settings }: ServiceRecord): readonly string[] {
  return (settings?.capacityProviderStrategy ?? []).map(
    ({ capacityProvider }) => `arn:aws:ecs:${region}:${accountId}:capacity-provider/${capacityProvider}`,
  );
}

const unplaced = { eventName: 'SERVICE_TASK_PLACEMENT_FAILURE', eventType: 'ERROR' } as const;

/** The words of a message are AWS's and do not change, so an event is known by them: by the first that fit. */
const actions: readonly Action[] = [
  { words: / has reached a steady state\.$/, eventName: 'SERVICE_STEADY_STATE', eventType: 'INFO' },
  { words: / is unable to consistently start tasks /, eventName: 'SERVICE_TASK_START_IMPAIRED', eventType: 'WARN' },
  {
    ...unplaced,
    words:
      / was unable to place a task .+ The closest matching \(container-instance (?<id>\w+)\) (?<complaint>.+?)(?: For more information.*)?$/,
    detailOf: ({ id = '', complaint = '' }, { accountId, region, clusterName }) => ({
      containerInstanceArns: [`arn:aws:ecs:${region}:${accountId}:container-instance/${clusterName}/${id}`],
      reason: reasonOf(complaint),
    }),
  },
  {
    ...unplaced,
    words:
      / was unable to place a task because no container instance met all of its requirements\. (?:Reason: )?(?<reason>.+?)(?: For more information.*)?$/,
    detailOf: ({ reason }) => ({ reason }),
  },
  {
    ...unplaced,
    words: / was unable to place a task\. Reason: Capacity is unavailable at this time/,
    detailOf: (_groups, service) => {
      const capacityProviderArns = providersOf(service);
      return { ...(capacityProviderArns.length > 0 && { capacityProviderArns }), reason: 'RESOURCE:FARGATE' };
    },
  },
  {
    // What is left is wrong with what the tasks are made from: their definition, their cluster, their network.
    words: / was unable to place a task\. Reason: (?<reason>.+)\.$/,
    eventName: 'SERVICE_TASK_CONFIGURATION_FAILURE',
    eventType: 'ERROR',
    detailOf: ({ reason }) => ({ reason }),
  },
  {
    ...unplaced,
    words: / is unable to place a task in \S+ because (?<reason>.+)\.$/,
    detailOf: ({ reason }) => ({ reason }),
  },
  { words: / AZ Rebalancing in progress\.$/, eventName: 'SERVICE_REBALANCING_STARTED', eventType: 'INFO' },
  { words: / is AZ balanced with /, eventName: 'SERVICE_REBALANCING_COMPLETED', eventType: 'INFO' },
  { words: / stopped AZ Rebalancing\.$/, eventName: 'SERVICE_REBALANCING_STOPPED', eventType: 'INFO' },
  {
    words: / was unable to AZ Rebalance because /,
    eventName: 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION',
    eventType: 'INFO',
  },
  { words: / to AZ Rebalance: /, eventName: 'TASKS_STARTED', eventType: 'INFO' },
  { words: / has stopped \d+ running tasks/, eventName: 'TASKS_STOPPED', eventType: 'INFO' },
];

/** The reason that RunTask would give for a complaint about an instance (placement/explain.ts has the words). */
function reasonOf(complaint: string): string {
  for (const [words, reason] of complaints) if (complaint.startsWith(words)) return reason;
  return /^encountered error "(?<reason>.+)"\.$/.exec(complaint)?.groups?.['reason'] ?? complaint;
}

const complaints: readonly (readonly [words: string, reason: string])[] = [
  ['has insufficient CPU units', 'RESOURCE:CPU'],
  ['has insufficient memory', 'RESOURCE:MEMORY'],
  ['is already using a port', 'RESOURCE:PORTS'],
  ['is missing an attribute', 'ATTRIBUTE'],
];
