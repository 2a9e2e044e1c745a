import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { PullBehavior } from '../app/host-agent.ts';
import { AwsError } from '../aws/error.ts';
import { defaultDataDirectory, defaults, UsageError } from '../app/config.ts';
import { version } from '../app/version.ts';
import { NetError } from '../world/net.ts';
import type { Priority } from './take-priority.ts';

/** Runs one command. Exit codes: 0 done, 1 failed, 2 called wrongly. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof UsageError) {
      process.stderr.write(`longshore: ${error.message}\n`);
      process.exitCode = 2;
    } else if (isExpected(error)) {
      process.stderr.write(`longshore: ${describe(error)}\n`);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

function program(): Command {
  const longshore = new Command('longshore')
    .description('Amazon ECS for your own machines: the same API, real containers.')
    .version(version, '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(longshore --help shows the commands)');

  longshore
    .command('up')
    .description('start the control plane, and an agent that runs Fargate tasks on this machine')
    .option('--port <port>', 'port to listen on (0: a free one)', portNumber, defaults.port)
    .option('--host <address>', 'address to listen on', defaults.host)
    .option('--data-dir <directory>', 'where state, logs and root keys are kept', defaultDataDirectory())
    .option('--credentials <id:secret>', 'root keys to use, instead of the ones made at first start')
    .option('--account <id>', 'account that the root keys belong to', defaults.accountId)
    .option('--region <name>', 'region that is served', defaults.region)
    .option('--no-agent', 'run no agent: Fargate tasks then find no capacity')
    .option('--allow-host <name...>', 'further Host header values to answer, such as a compose service name')
    .option('--insecure-listen', 'listen on an address that is not loopback, without TLS', false)
    .addOption(securityGroups())
    .option('--keep-stopped <minutes>', 'how long stopped tasks can be described (default: 60, the least)', wholeNumber)
    .addOption(priority())
    .option('--accept-loss', 'start although the journal lost acknowledged commits', false)
    .action(async (options: UpOptions) => (await import('./up.ts')).up(options));

  longshore
    .command('agent')
    .description('register this machine as a container instance and run tasks on it (endpoint and keys: AWS variables)')
    .option('--cluster <name>', 'cluster to register in', 'default')
    .option(
      '--data-dir <directory>',
      "where the agent's state is kept (default: one per cluster in the data directory)",
    )
    .option('--attribute <name=value>', 'attribute of the container instance; may be repeated', attribute, [])
    .option('--cpu <units>', 'CPU units to offer (default: 1024 for each core)', wholeNumber)
    .option('--memory <mib>', 'memory to offer in MiB (default: what the engine has)', wholeNumber)
    .addOption(warmSandboxes())
    .addOption(securityGroups())
    .addOption(priority())
    .addOption(
      new Option('--image-pull-behavior <word>', 'when a registry is asked for an image that the engine has')
        .choices(['default', 'always', 'once', 'prefer-cached'])
        .env('ECS_IMAGE_PULL_BEHAVIOR'),
    )
    .action(async (options: AgentOptions) => (await import('./agent.ts')).agent(options));

  longshore
    .command('env')
    .description('print export lines for the AWS CLI and SDKs: eval "$(longshore env)"')
    .option('--data-dir <directory>', 'data directory of the server', defaultDataDirectory())
    .action(async (options: DataDirectoryOption) => (await import('./env.ts')).env(options));

  longshore
    .command('demo')
    .description('run two task definitions for real, from create-cluster to stop-task, with the AWS CLI')
    .option('--data-dir <directory>', 'data directory of the server', defaultDataDirectory())
    .action(async (options: DataDirectoryOption) => (await import('./demo.ts')).demo(options));

  longshore
    .command('status')
    .description('show clusters, container instances and what runs where')
    .option('--data-dir <directory>', 'data directory of the server', defaultDataDirectory())
    .action(async (options: DataDirectoryOption) => (await import('./status.ts')).status(options));

  longshore
    .command('logs <task>')
    .description("print what a task's containers wrote to their awslogs streams")
    .option('--cluster <name>', 'cluster of the task', 'default')
    .option('--container <name>', 'only this container')
    .option('--follow', 'go on until the task has stopped', false)
    .option('--data-dir <directory>', 'data directory of the server', defaultDataDirectory())
    .action(async (task: string, options: LogsOptions) => (await import('./logs.ts')).logs(task, options));

  longshore
    .command('keep-output <directory> <socket>', { hidden: true })
    .description('keep what containers write; agents start it')
    .action(async (directory: string, socketPath: string) => {
      const { lowerRaisedPriority } = await import('../world/real/process-priority.ts');
      lowerRaisedPriority(); // its work grows with what containers write, and must not go before theirs
      const { keepOutputs } = await import('../world/real/output-keeper/keeper.ts');
      await keepOutputs({ directory, socketPath });
    });

  return longshore;
}

export interface DataDirectoryOption {
  readonly dataDir: string;
}

export interface UpOptions extends DataDirectoryOption {
  readonly port: number;
  readonly host: string;
  readonly credentials?: string;
  readonly account: string;
  readonly region: string;
  readonly agent: boolean;
  readonly allowHost?: readonly string[];
  readonly insecureListen: boolean;
  readonly acceptLoss: boolean;
  readonly keepStopped?: number;
  readonly securityGroups: 'enforced' | 'off';
  readonly priority: Priority;
}

export interface AgentOptions {
  readonly cluster: string;
  readonly dataDir?: string;
  readonly attribute: readonly (readonly [name: string, value: string])[];
  readonly cpu?: number;
  readonly memory?: number;
  readonly warmSandboxes?: number;
  readonly securityGroups: 'enforced' | 'off';
  readonly priority: Priority;
  readonly imagePullBehavior?: PullBehavior;
}

export interface LogsOptions extends DataDirectoryOption {
  readonly cluster: string;
  readonly container?: string;
  readonly follow: boolean;
}

function warmSandboxes(): Option {
  return new Option(
    '--warm-sandboxes <count>',
    'networks kept ready of each kind, bridge and awsvpc (default: 2 for each core and, on the bridge, as many as a burst asked for, up to 8 for each core; 0: none)',
  )
    .env('LONGSHORE_WARM_SANDBOXES')
    .argParser(wholeNumber);
}

function securityGroups(): Option {
  return new Option('--security-groups <word>', 'whether what awsvpc tasks may reach is as their groups say')
    .choices(['enforced', 'off'])
    .default('enforced')
    .env('LONGSHORE_SECURITY_GROUPS');
}

function priority(): Option {
  return new Option('--priority <word>', 'whether it goes before containers when the processor is short')
    .choices(['raised', 'usual'])
    .default('raised')
    .env('LONGSHORE_PRIORITY');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('A port is a number up to 65535.');
  return port;
}

function attribute(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give NAME=VALUE.');
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}

/** What the world or the server answered: told in a sentence. Anything else is our bug and ends with its stack. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof AwsError ||
    error instanceof NetError ||
    (error instanceof Error && ['JournalError', 'DockerError'].includes(error.name))
  );
}

function describe(error: Error): string {
  return error instanceof AwsError ? `${error.code}: ${error.message}` : error.message;
}
