/** A bug planted in the product by one replacement: what the checkers must notice. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replacement: string;
}

const deployment = 'src/services/ecs/rules/deployment';
const placement = 'src/services/ecs/rules/placement';

export const mutants: readonly Mutant[] = [
  {
    name: 'the lower bound is rounded down',
    file: `${deployment}/bounds.ts`,
    search: 'lower: Math.ceil(',
    replacement: 'lower: Math.floor(',
  },
  {
    name: 'the upper bound is rounded up',
    file: `${deployment}/bounds.ts`,
    search: 'upper: Math.floor(',
    replacement: 'upper: Math.ceil(',
  },
  {
    name: 'one task more than the upper bound is started',
    file: `${deployment}/keep-up.ts`,
    search: 'Math.min(missing, room)',
    replacement: 'Math.min(missing, room + 1)',
  },
  {
    name: 'old tasks are stopped before new ones are healthy',
    file: `${deployment}/bounds.ts`,
    search: 'lower: Math.ceil(',
    replacement: 'lower: 0 * Math.ceil(',
  },
  {
    name: 'a running task counts as healthy at once',
    file: `${deployment}/service-task.ts`,
    search: 'task.startedAt + rules.healthyAfterMs',
    replacement: 'task.startedAt',
  },
  {
    name: 'protection is ignored',
    file: `${deployment}/service-task.ts`,
    search: 'isProtected: protectedUntil !== undefined && protectedUntil > now',
    replacement: 'isProtected: false',
  },
  {
    name: 'the grace period of health checks is ignored',
    file: `${deployment}/service-task.ts`,
    search: 'const shownAt = task.startedAt + rules.gracePeriodMs;',
    replacement: 'const shownAt = task.startedAt;',
  },
  {
    name: 'tasks stay on instances that are draining',
    file: `${deployment}/keep-up.ts`,
    search: 'if (!isWanted(cohort) || cohort.isDraining) leaving.push(cohort);',
    replacement: 'if (!isWanted(cohort)) leaving.push(cohort);',
  },
  {
    name: 'a deployment is complete while old tasks run',
    file: `${deployment}/keep-up.ts`,
    search: 'isSettled: missing === 0 && leaving.length === 0 &&',
    replacement: 'isSettled: missing === 0 &&',
  },
  {
    name: 'the circuit breaker never trips',
    file: `${deployment}/outcome.ts`,
    search: "circuitBreaker.status === 'MONITORING' && circuitBreaker.failureCount >= circuitBreaker.threshold",
    replacement: "circuitBreaker.status === 'TRIGGERED' && circuitBreaker.failureCount >= circuitBreaker.threshold",
  },
  {
    name: 'the circuit breaker trips one failure early',
    file: `${deployment}/outcome.ts`,
    search: 'circuitBreaker.failureCount >= circuitBreaker.threshold)',
    replacement: 'circuitBreaker.failureCount + 1 >= circuitBreaker.threshold)',
  },
  {
    name: 'the circuit breaker counts failures of the deployment before',
    file: 'src/services/ecs/deployment-start.ts',
    search: 'failureCount: 0,',
    replacement: 'failureCount: 1,',
  },
  {
    name: 'a failed deployment goes on starting tasks',
    file: 'src/services/ecs/rolling-deployment.ts',
    search: "primary.rolloutState !== 'FAILED' && (service.launchesAfter",
    replacement: '(service.launchesAfter',
  },
  {
    name: 'failing launches do not wait',
    file: 'src/services/ecs/rolling-deployment.ts',
    search: 'service.launchesAfter <= now);',
    replacement: 'service.launchesAfter <= now + 1e9);',
  },
  {
    name: 'the wait of failing launches outlives their deployment',
    file: 'src/services/ecs/deployment-start.ts',
    search: 'const { launchesAfter: _reset, ...rest } = service;',
    replacement: 'const { ...rest } = service;',
  },
  {
    name: 'a superseded deployment stays PRIMARY',
    file: 'src/services/ecs/deployment-start.ts',
    search: "tx.put(deployments, { ...older, status: 'ACTIVE', desiredCount, updatedAt: env.now });",
    replacement: 'tx.put(deployments, { ...older, desiredCount, updatedAt: env.now });',
  },
  {
    name: 'tasks of superseded deployments count as wanted',
    file: 'src/services/ecs/reconcilers/service-tasks.ts',
    search: 'isWanted: ({ deploymentId }) => deploymentId === primary.id,\n    sources:',
    replacement: 'isWanted: ({ deploymentId }) => deploymentId !== "",\n    sources:',
  },
  {
    name: 'what is remembered of a task outlives its changes',
    file: 'src/services/ecs/task-ledger.ts',
    search: 'ledgers.get(serviceArn)?.touch(arn);',
    replacement: 'if (!before) ledgers.get(serviceArn)?.touch(arn);',
  },
  {
    name: 'what is remembered of a task outlives its time',
    file: 'src/services/ecs/task-ledger.ts',
    search: 'if (at > now) break;',
    replacement: 'if (at > 0) break;',
  },
  {
    name: 'what is remembered of a task outlives the draining of its host',
    file: 'src/services/ecs/task-ledger.ts',
    search: 'this.#touchWhatDrains(reader);',
    replacement: 'if (now < 0) this.#touchWhatDrains(reader);',
  },
  {
    name: 'a source gets back more tasks than it had',
    file: `${deployment}/sources.ts`,
    search: 'Math.min(Math.max(desiredCount - running - keptStarting, 0), left)',
    replacement: 'left + 0 * Math.max(desiredCount - running - keptStarting, 0)',
  },
  {
    name: 'placement ignores the memory that is taken',
    file: 'src/services/ecs/projections.ts',
    search: 'usage.memoryMiB += change * reservation.memoryMiB;',
    replacement: 'usage.memoryMiB += change * 0;',
  },
  {
    name: 'placement ignores the ports that are taken',
    file: `${placement}/filters.ts`,
    search: '!reservation.tcpPorts.some((port) => usage.tcpPorts.has(port) || capacity.reservedTcpPorts.has(port))',
    replacement: '!reservation.tcpPorts.some((port) => capacity.reservedTcpPorts.has(port))',
  },
  {
    name: 'memberOf is ignored',
    file: `${placement}/filters.ts`,
    search: 'memberOf.every((query) => query.matches(candidate))',
    replacement: 'memberOf.every((query) => query !== undefined || candidate)',
  },
  {
    name: 'distinctInstance is ignored',
    file: `${placement}/filters.ts`,
    search: '!distinctInstance || (usage.tasksByGroup.get(groupKey) ?? 0) === 0',
    replacement: 'groupKey !== "" || distinctInstance || usage.tasksByGroup.size < 0',
  },
  {
    name: 'an answer shows what is not durable yet',
    file: 'src/aws/steps/invoke.ts',
    search: '  await store.durable();\n  return output;',
    replacement: '  return output;',
  },
  {
    name: 'a new session is not told of the tasks there are',
    file: 'src/services/ecs/agents/acs-session.ts',
    search: '      this.#woken.add(task.arn);\n      this.#needGroupsOf(task);\n    }\n    this.#schedule();',
    replacement: '      this.#needGroupsOf(task);\n    }\n    this.#schedule();',
  },
  {
    name: 'a payload repeated after a crash starts the task again',
    file: 'src/agent/task-engine.ts',
    search: 'if (!known) tx.put(agentTasks,',
    replacement: "if (!known || payload.desiredStatus === 'RUNNING') tx.put(agentTasks,",
  },
  {
    name: 'a repeated RunTask starts tasks again',
    file: 'src/services/ecs/operations/run-task.ts',
    search: 'if (clientToken === undefined) return undefined;',
    replacement: 'if (clientToken === undefined || env.now > 0) return undefined;',
  },
  {
    name: 'the agent gives up a report that was not answered',
    file: 'src/agent/state-reporter.ts',
    search: 'if (!dropped.has(code)) {',
    replacement: 'if (!dropped.has(code) && attempts.has(arn)) {',
  },
  {
    name: 'who left a security group is still let in',
    file: 'src/services/ecs/agents/security-group-feed.ts',
    search: 'if (before !== undefined) changesOf(groupId).removed.push(before);',
    replacement: '',
  },
];
