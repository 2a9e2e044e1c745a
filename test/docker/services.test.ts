// Services on the real engine: the real program, real containers with health checks, and the server killed in the middle
// of each deployment, which then ends as without it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type {
  DescribeServiceDeploymentsResponse,
  DescribeServicesResponse,
  DescribeTasksResponse,
  ListServiceDeploymentsResponse,
  ListTasksResponse,
  RegisterTaskDefinitionResponse,
  Service,
  ServiceDeployment,
  Task,
} from '@aws-sdk/client-ecs';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { docker, ensureTestImage, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';

const limitMs = 180_000;

/** Nothing listens there, so the pull fails at once. */
const missingImage = '127.0.0.1:1/longshore-test:none';

describe('services on the engine', () => {
  let installation: Installation;
  let cluster: string;
  let aws: AwsCli;

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('services');
    ({ cluster } = installation);
    aws = awsCli(installation.server);
  });

  after(async () => {
    await installation?.end();
  });

  for (const isKilled of [false, true]) {
    const variant = isKilled ? 'killed in the middle' : 'left alone';
    /** What happens in the middle of a deployment: nothing, or the server dies and comes back where it was. */
    const middle = async (): Promise<void> => {
      if (isKilled) await installation.killServer();
    };

    test(`a rolling update of 6 tasks at 50/150 never has fewer than 3 healthy nor more than 9, ${variant}`, async (t) => {
      const service = `rolling-${isKilled}`;
      const [first, second] = [await define(service, testImage), await define(service, testImage)];
      await create(service, first, 6, { minimumHealthyPercent: 50, maximumPercent: 150 });
      const watch = watchEngine(cluster, service);
      t.after(() => watch.end());
      await call('UpdateService', { cluster, service, taskDefinition: second });
      await eventually(
        'a running task of the new definition',
        async () => (await tasksOf(service)).find((task) => task.taskDefinitionArn === second && isRunning(task)),
        limitMs,
      );
      await middle();
      await stable(service, second, 6);
      const { fewestHealthy, mostRunning, rounds } = await watch.end();
      assert.ok(rounds > 10, `the engine was looked at ${rounds} times`);
      assert.ok(fewestHealthy >= 3, `there were only ${fewestHealthy} healthy`);
      assert.ok(mostRunning <= 9, `there were ${mostRunning}`);
      await remove(service);
    });

    test(`an image that is not there trips the breaker at its threshold, and the service is rolled back, ${variant}`, async (t) => {
      const service = `breaker-${isKilled}`;
      const [good, bad] = [await define(service, testImage), await define(service, missingImage)];
      await create(service, good, 6, {
        minimumHealthyPercent: 50,
        maximumPercent: 150,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      });
      const watch = watchEngine(cluster, service);
      t.after(() => watch.end());
      await call('UpdateService', { cluster, service, taskDefinition: bad });
      await eventually(
        'the first failed task',
        async () => {
          const [deployment] = await deploymentsOf(service);
          const failures = deployment?.deploymentCircuitBreaker?.failureCount ?? 0;
          return failures > 0 || deployment?.status?.startsWith('ROLLBACK') ? true : undefined;
        },
        limitMs,
      );
      await middle();
      const ended = await eventually(
        'the end of the roll-back',
        async () => (await deploymentsOf(service)).find(({ status }) => status === 'ROLLBACK_SUCCESSFUL'),
        limitMs,
      );
      assert.equal(ended.deploymentCircuitBreaker?.status, 'TRIGGERED');
      assert.equal(ended.deploymentCircuitBreaker?.threshold, 3, 'half of 6');
      // Those that were under way beside the one that broke it may have failed in the same moment: at most upper - lower.
      const failures = ended.deploymentCircuitBreaker?.failureCount ?? 0;
      assert.ok(failures >= 3 && failures < 3 + 6, `it broke at its threshold, not after ${failures}`);
      await stable(service, good, 6);
      const { fewestHealthy } = await watch.end();
      assert.ok(fewestHealthy >= 3, `there were only ${fewestHealthy} healthy`);
      await remove(service);
    });

    test(`blue and green stand side by side until the pause is answered, ${variant}`, async (t) => {
      const service = `bluegreen-${isKilled}`;
      const [blue, green] = [await define(service, testImage), await define(service, testImage)];
      await create(service, blue, 3, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
      const watch = watchEngine(cluster, service);
      t.after(() => watch.end());
      await call('UpdateService', {
        cluster,
        service,
        taskDefinition: green,
        deploymentConfiguration: {
          strategy: 'BLUE_GREEN',
          bakeTimeInMinutes: 0,
          lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }],
        },
      });
      const paused = (): Promise<ServiceDeployment> =>
        eventually(
          'the pause',
          async () => {
            const [deployment] = await deploymentsOf(service);
            return pausedHook(deployment) === undefined ? undefined : deployment;
          },
          limitMs,
        );
      const before = await paused();
      await middle();
      const deployment = await paused();
      assert.equal(deployment.serviceDeploymentArn, before.serviceDeploymentArn);
      const both = (await tasksOf(service)).filter((task) => isRunning(task));
      assert.equal(both.filter((task) => task.taskDefinitionArn === blue).length, 3);
      assert.equal(both.filter((task) => task.taskDefinitionArn === green).length, 3);
      const hookId = pausedHook(deployment);
      await call('ContinueServiceDeployment', { serviceDeploymentArn: deployment.serviceDeploymentArn, hookId });
      await eventually(
        'the end of the deployment',
        async () => (await deploymentsOf(service)).find(isSuccessOf(deployment)),
        limitMs,
      );
      await stable(service, green, 3);
      const { fewestHealthy, mostRunning } = await watch.end();
      assert.ok(fewestHealthy >= 3, `there were only ${fewestHealthy} healthy`);
      assert.ok(mostRunning <= 6, `there were ${mostRunning}`);
      await remove(service);
    });
  }

  async function call<Output extends object>(operation: string, input: object): Promise<Output> {
    return await installation.client.call<Output>('ecs', operation, input);
  }

  /** A definition whose task is healthy a little after it started, and ends at once when it is asked to. */
  async function define(family: string, image: string): Promise<string> {
    const script = "trap 'exit 0' TERM; : > /ready; while :; do sleep 1000 & wait $!; done";
    const { taskDefinition } = await call<RegisterTaskDefinitionResponse>('RegisterTaskDefinition', {
      family,
      networkMode: 'none',
      containerDefinitions: [
        {
          name: 'app',
          image,
          cpu: 10,
          memory: 16,
          command: ['sh', '-c', script],
          healthCheck: { command: ['CMD-SHELL', '[ -e /ready ]'], interval: 5, timeout: 5, retries: 3 },
          stopTimeout: 2,
        },
      ],
    });
    return String(taskDefinition?.taskDefinitionArn);
  }

  async function create(
    serviceName: string,
    taskDefinition: string,
    desiredCount: number,
    deploymentConfiguration: object,
  ): Promise<void> {
    await call('CreateService', {
      cluster,
      serviceName,
      taskDefinition,
      desiredCount,
      launchType: 'EC2',
      deploymentConfiguration,
    });
    await stable(serviceName, taskDefinition, desiredCount);
  }

  /** Waits until all tasks are of the definition, running and healthy, and the deployment is over, to the CLI too. */
  async function stable(service: string, taskDefinition: string, count: number): Promise<void> {
    await eventually(
      `${service} with ${count} tasks of ${taskDefinition}`,
      async () => {
        const { deployments = [], runningCount } = await serviceOf(service);
        const tasks = (await tasksOf(service)).filter(isRunning);
        const isDone =
          deployments.length === 1 &&
          deployments[0]?.rolloutState === 'COMPLETED' &&
          runningCount === count &&
          tasks.length === count &&
          tasks.every((task) => task.taskDefinitionArn === taskDefinition && task.healthStatus === 'HEALTHY');
        return isDone ? true : undefined;
      },
      limitMs,
    );
    await aws('ecs', 'wait', 'services-stable', '--cluster', cluster, '--services', service);
  }

  async function remove(service: string): Promise<void> {
    await call('DeleteService', { cluster, service, force: true });
    // The waiter looks every 15 seconds.
    await eventually(`${service} INACTIVE`, async () => (await serviceOf(service)).status === 'INACTIVE');
    await aws('ecs', 'wait', 'services-inactive', '--cluster', cluster, '--services', service);
  }

  async function serviceOf(service: string): Promise<Service> {
    const { services = [] } = await call<DescribeServicesResponse>('DescribeServices', {
      cluster,
      services: [service],
    });
    assert.ok(services[0], `service ${service} is there`);
    return services[0];
  }

  async function tasksOf(serviceName: string): Promise<readonly Task[]> {
    const { taskArns: tasks = [] } = await call<ListTasksResponse>('ListTasks', { cluster, serviceName });
    if (tasks.length === 0) return [];
    return (await call<DescribeTasksResponse>('DescribeTasks', { cluster, tasks })).tasks ?? [];
  }

  /** Newest first. */
  async function deploymentsOf(service: string): Promise<readonly ServiceDeployment[]> {
    const listed = await call<ListServiceDeploymentsResponse>('ListServiceDeployments', { cluster, service });
    const arns = (listed.serviceDeployments ?? []).map((deployment) => deployment.serviceDeploymentArn);
    const { serviceDeployments = [] } = await call<DescribeServiceDeploymentsResponse>('DescribeServiceDeployments', {
      serviceDeploymentArns: arns,
    });
    const byArn = new Map(serviceDeployments.map((deployment) => [deployment.serviceDeploymentArn, deployment]));
    return arns.flatMap((arn) => byArn.get(arn) ?? []);
  }
});

function isRunning(task: Task): boolean {
  return task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING';
}

function pausedHook(deployment: ServiceDeployment | undefined): string | undefined {
  return deployment?.lifecycleHookDetails?.find(({ status }) => status === 'AWAITING_ACTION')?.hookId;
}

function isSuccessOf(deployment: ServiceDeployment): (other: ServiceDeployment) => boolean {
  return ({ serviceDeploymentArn, status }) =>
    serviceDeploymentArn === deployment.serviceDeploymentArn && status === 'SUCCESSFUL';
}

/** Looks at the engine itself until it is ended: how many containers of the family ran, and how many of them were healthy. */
function watchEngine(cluster: string, family: string): { end(): Promise<EngineWatch> } {
  let fewestHealthy = Number.POSITIVE_INFINITY;
  let mostRunning = 0;
  let rounds = 0;
  let isEnded = false;
  const labels = [`com.amazonaws.ecs.cluster=${cluster}`, `com.amazonaws.ecs.task-definition-family=${family}`];
  const watching = (async (): Promise<void> => {
    while (!isEnded) {
      const listed = (await docker.listContainers(labels)).filter(({ State }) => State === 'running');
      const inspected = await Promise.all(listed.map(({ Id }) => docker.inspectContainer(Id)));
      const running = inspected.filter((container) => container?.State.Running);
      const healthy = running.filter((container) => container?.State.Health?.Status === 'healthy');
      fewestHealthy = Math.min(fewestHealthy, healthy.length);
      mostRunning = Math.max(mostRunning, running.length);
      rounds += 1;
      await sleep(100); // between two looks: what is watched is a time, not a state
    }
  })();
  return {
    async end() {
      isEnded = true;
      await watching;
      return { fewestHealthy, mostRunning, rounds };
    },
  };
}

interface EngineWatch {
  readonly fewestHealthy: number;
  readonly mostRunning: number;
  readonly rounds: number;
}
