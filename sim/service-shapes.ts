import { appRoleArn, executionRoleArn, noRoleArn, noSecretArn, secretArn } from './roles.ts';

/** The task definitions of the services of the workload, and what becomes of a service that runs them. */
export interface ServiceShape {
  readonly family: string;
  readonly launchType: 'EC2' | 'FARGATE';
  readonly definition: object;
  readonly outcome: Outcome;
  /** Whether its health counts only by a health check. */
  readonly hasHealthCheck: boolean;
  /** Seconds until its health check first succeeds. */
  readonly healthyAfterSeconds: number;
  /** Asks for a role that may have been taken away: then whoever deploys it is refused. */
  readonly hasRole: boolean;
}

/**
 * - runs: gets healthy and stays so
 * - restless: gets healthy, and sick again at times
 * - fails: never runs, ends soon after it runs, or never gets healthy
 * - never fits: asks for more than any machine has
 */
export type Outcome = 'runs' | 'restless' | 'fails' | 'never fits';

const server = "trap 'exit 0' TERM; while true; do echo tick; sleep 3600; done";

export const serviceShapes: readonly ServiceShape[] = [
  shape('s-plain', 'runs', {}),
  shape('s-plain-b', 'runs', { command: "trap 'exit 0' TERM; while true; do echo tock; sleep 3600; done" }),
  shape('s-checked', 'runs', { check: { command: ['CMD-SHELL', 'exit 0'], interval: 10 } }),
  shape('s-slow', 'runs', {
    check: { command: ['CMD-SHELL', 'exit 0'], interval: 5, retries: 10 },
    environment: { HEALTHY_AFTER: '45' },
    healthyAfterSeconds: 45,
  }),
  shape('s-flapping', 'restless', {
    check: { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 2 },
    environment: { SICK_EVERY: '400' },
  }),
  shape('s-port', 'runs', { members: { portMappings: [{ containerPort: 80, hostPort: 9001 }] } }),
  shape('s-big', 'runs', { members: { memory: 3000 } }),
  shape('s-huge', 'never fits', { members: { cpu: 8192 } }),
  shape('s-role', 'runs', {
    roles: { taskRoleArn: appRoleArn, executionRoleArn },
    members: { secrets: [{ name: 'KEY', valueFrom: secretArn }] },
  }),
  shape('s-no-secret', 'fails', {
    roles: { executionRoleArn },
    members: { secrets: [{ name: 'KEY', valueFrom: noSecretArn }] },
  }),
  shape('s-no-image', 'fails', { members: { image: 'nobody/nothing:1' } }),
  shape('s-no-program', 'fails', { command: '', members: { entryPoint: ['/no/such/program'] } }),
  shape('s-crash', 'fails', { command: 'sleep 8; exit 1' }),
  shape('s-sick', 'fails', { check: { command: ['CMD-SHELL', 'exit 1'], interval: 5, retries: 2 } }),
  {
    ...shape('s-fargate', 'runs', {}),
    launchType: 'FARGATE',
    definition: {
      family: 's-fargate',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'main', image: 'busybox:latest', essential: true, command: ['sh', '-c', server] }],
    },
  },
];

/** Asks for a role that there never is: whoever deploys it is refused. */
export const roleless = shape('s-no-role', 'fails', { roles: { taskRoleArn: noRoleArn } });

export const shapesByFamily: ReadonlyMap<string, ServiceShape> = new Map(
  serviceShapes.map((each) => [each.family, each]),
);

interface ShapeParts {
  readonly command?: string;
  readonly check?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly members?: object;
  readonly roles?: object;
  readonly healthyAfterSeconds?: number;
}

function shape(family: string, outcome: Outcome, parts: ShapeParts): ServiceShape {
  const { command = server, check, environment = {}, members = {}, roles = {}, healthyAfterSeconds = 0 } = parts;
  return {
    family,
    outcome,
    launchType: 'EC2',
    hasHealthCheck: check !== undefined,
    healthyAfterSeconds,
    hasRole: 'taskRoleArn' in roles,
    definition: {
      family,
      networkMode: 'bridge',
      ...roles,
      containerDefinitions: [
        {
          name: 'main',
          image: 'busybox:latest',
          essential: true,
          cpu: 256,
          memory: 128,
          ...(command === '' ? {} : { command: ['sh', '-c', command] }),
          ...(check === undefined ? {} : { healthCheck: check }),
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          ...members,
        },
      ],
    },
  };
}
