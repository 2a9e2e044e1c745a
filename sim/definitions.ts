import { appRoleArn, executionRoleArn, noSecretArn, secretArn, secretText } from './roles.ts';

/** The task definitions of the workload: what a task is told to do, and how it must end when nothing disturbs it. */
export interface Shape {
  readonly family: string;
  readonly launchType: 'EC2' | 'FARGATE';
  readonly definition: object;
  /** Once it is left alone: goes on running, or stops by itself. */
  readonly ends: 'never' | 'by itself';
  /** Takes so much of a machine that services may not find the room they need. */
  readonly isScarce: boolean;
  /** Asks for a role that may have been taken away: then it is refused. */
  readonly hasRole: boolean;
}

const server = "trap 'exit 0' TERM; while true; do echo tick; sleep 3600; done";
const stubborn = "trap '' TERM; while true; do sleep 3600; done";

/** What the talker says, each line once. */
export const spoken: readonly string[] = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
const talk = spoken.map((line) => `echo ${line}; sleep 2`).join('; ');
export const talkerGroup = 'sim';
/** The prefixes of what talkers write to, by family; without one the stream has the container's id. */
export const talkerPrefixes: Readonly<Record<string, string | undefined>> = {
  talker: 'talk',
  'secret-talker': secretText,
  'unnamed-talker': undefined,
};
const logOptions = { 'awslogs-group': talkerGroup, 'awslogs-region': 'us-east-1', 'awslogs-create-group': 'true' };
const talkerLog = {
  logDriver: 'awslogs',
  options: { ...logOptions, 'awslogs-stream-prefix': talkerPrefixes['talker'] },
};
const unnamedTalkerLog = { logDriver: 'awslogs', options: logOptions };
const secretTalkerLog = {
  logDriver: 'awslogs',
  options: logOptions,
  secretOptions: [{ name: 'awslogs-stream-prefix', valueFrom: secretArn }],
};

const scarce: readonly string[] = ['memory-hungry', 'one-port'];

export const withRole = shape('with-role', 'by itself', [{ command: 'sleep 30' }], { taskRoleArn: appRoleArn });

export const shapes: readonly Shape[] = [
  shape('server', 'never', [{ command: server }]),
  shape('stubborn', 'never', [{ command: stubborn, stopTimeout: 5 }]),
  shape('pair', 'never', [
    { name: 'main', command: server, dependsOn: [{ containerName: 'helper', condition: 'START' }] },
    { name: 'helper', command: server, essential: false },
  ]),
  shape('after-migration', 'never', [
    { name: 'main', command: server, dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
    { name: 'migrate', command: 'echo migrating; sleep 3', essential: false },
  ]),
  shape('memory-hungry', 'never', [{ command: server, cpu: 16, memory: 2048 }]),
  shape('job', 'by itself', [{ command: 'echo begin; sleep 20; echo end' }]),
  shape('failing-job', 'by itself', [{ command: 'sleep 2; echo oops >&2; exit 3' }]),
  shape('talker', 'by itself', [{ command: talk, logConfiguration: talkerLog }]),
  shape('unnamed-talker', 'by itself', [{ command: talk, logConfiguration: unnamedTalkerLog }]),
  shape('secret-talker', 'by itself', [{ command: talk, logConfiguration: secretTalkerLog }], { executionRoleArn }),
  withRole,
  shape('no-secret', 'by itself', [{ command: server, secrets: [{ name: 'KEY', valueFrom: noSecretArn }] }], {
    executionRoleArn,
  }),
  shape('out-of-memory', 'by itself', [{ command: 'sleep 5; tail /dev/zero' }]),
  shape('no-image', 'by itself', [{ image: 'nobody/nothing:1', command: server }]),
  shape('no-program', 'by itself', [{ entryPoint: ['/no/such/program'], command: '' }]),
  shape('one-port', 'never', [{ command: server, portMappings: [{ containerPort: 80, hostPort: 8080 }] }]),
  shape('any-port', 'never', [{ command: server, portMappings: [{ containerPort: 80, hostPort: 0 }] }]),
  shape('healthy', 'never', [{ command: server, healthCheck: { command: ['CMD-SHELL', 'exit 0'], interval: 10 } }]),
  {
    ...shape('fargate', 'never', [{ command: server }]),
    launchType: 'FARGATE',
    definition: {
      family: 'fargate',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [containerOf({ command: server }, {})],
    },
  },
];

interface ShapeContainer {
  readonly name?: string;
  readonly image?: string;
  readonly command: string;
  readonly [member: string]: unknown;
}

function shape(
  family: string,
  ends: Shape['ends'],
  containers: readonly ShapeContainer[],
  roles: { readonly taskRoleArn?: string; readonly executionRoleArn?: string } = {},
): Shape {
  const definition = {
    family,
    networkMode: 'bridge',
    ...roles,
    containerDefinitions: containers.map((container) => containerOf(container, { cpu: 256, memory: 128 })),
  };
  return {
    family,
    launchType: 'EC2',
    definition,
    ends,
    isScarce: scarce.includes(family),
    hasRole: roles.taskRoleArn !== undefined,
  };
}

function containerOf({ command, ...others }: ShapeContainer, limits: object): object {
  return {
    name: 'main',
    image: 'busybox:latest',
    essential: true,
    ...limits,
    ...(command === '' ? {} : { command: ['sh', '-c', command] }),
    ...others,
  };
}
