import type { Task } from '@aws-sdk/client-ecs';
import type { Client } from '../../running/cluster.ts';

/** One row: parameters of taskParameters(), what they do, and the proof. */
export interface Row {
  readonly of: readonly string[];
  readonly shows: string;
  readonly prove: (stage: Stage) => Promise<void>;
}

/** A task to be run once, however many rows look at it. Its identity is its key. */
export interface Scene {
  /** A task definition without its family. */
  readonly definition: Definition;
  /** More members of RunTask. */
  readonly run?: Readonly<Record<string, unknown>>;
  /** The status to wait for before rows look: STOPPED unless said otherwise. */
  readonly until?: 'RUNNING' | 'STOPPED';
}

export interface Definition {
  readonly containerDefinitions: readonly { readonly name: string; readonly [member: string]: unknown }[];
  readonly [member: string]: unknown;
}

export interface Stage {
  /** Settings of the SDK's clients. */
  readonly sdk: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly client: Client;
  readonly cluster: string;
  readonly image: string;
  /** Runs the scene if nobody has yet, and gives what came of it. */
  readonly play: (scene: Scene) => Promise<Seen>;
  /** The error of registering the definition. */
  readonly refusedRegistration: (definition: Definition) => Promise<string>;
  /** The error, or the failures, of running it. */
  readonly refusedRun: (scene: Scene) => Promise<string>;
  /** Starts the scene once more, apart from `play`, and gives the ARN of the task. */
  readonly start: (scene: Scene) => Promise<string>;
  /** Tasks that a row has had somebody else start: they are stopped and removed with the others. */
  readonly note: (...taskArns: readonly string[]) => void;
  readonly reaches: (taskArn: string, status: 'RUNNING' | 'STOPPED') => Promise<Task>;
}

/** A scene's task in the state it was waited for. */
export interface Seen {
  readonly family: string;
  readonly task: Task;
  /** All that the container has written. */
  readonly output: (container: string) => Promise<string>;
  /** One fact that a container made of `facts` has told of itself. Waits until it has told all. */
  readonly fact: (container: string, name: string) => Promise<string>;
  /** The id of the container on the engine. */
  readonly idOf: (container: string) => string;
  /** What the engine says of the container, any member. */
  readonly inspect: (container: string) => Promise<Inspected>;
}

/** Members of the engine's answer that rows look at, in its own spelling. */
export interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly Healthcheck?: object;
  };
  readonly HostConfig: {
    readonly MemorySwap: number;
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  };
  readonly State: {
    readonly Pid: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Log: readonly { readonly Output: string }[] };
  };
  readonly Mounts: readonly { readonly Destination: string; readonly Name?: string; readonly Source: string }[];
}

export function row(of: string | readonly string[], shows: string, prove: Row['prove']): Row {
  return { of: typeof of === 'string' ? [of] : of, shows, prove };
}

/** Paths under a container definition. */
export function container(...members: readonly string[]): readonly string[] {
  return members.map((member) => `containerDefinitions[].${member}`);
}

/** A shell script that tells the result of each command under its name, and then does `after`. */
export function facts(commands: Readonly<Record<string, string>>, after = ''): readonly string[] {
  // The words it tells with are not in the script itself, which a process list shows.
  const told = Object.entries(commands).map(([name, command]) => `echo; echo @"@${name}"; { ${command}\n} 2>&1`);
  return ['sh', '-c', `${told.join('\n')}\necho; echo @"@end"\n${after}`];
}

export function factIn(output: string, name: string): string {
  const [, told] = new RegExp(`^@@${name}\\n([^]*?)^@@`, 'm').exec(output) ?? [];
  if (told === undefined) throw new Error(`no fact '${name}' in:\n${output}`);
  return told.trim();
}

/** A definition that ends when all these containers have ended. */
export function together(containers: Definition['containerDefinitions']): Definition {
  return {
    networkMode: 'bridge',
    containerDefinitions: [
      ...containers.map((each) => ({ essential: false, ...each })),
      {
        name: 'end',
        dependsOn: containers.map(({ name }) => ({ containerName: name, condition: 'COMPLETE' })),
        command: ['true'],
      },
    ],
  };
}
