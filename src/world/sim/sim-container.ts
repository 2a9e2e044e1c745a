import { type ContainerBody, type ContainerInspect, DockerError, type LogLine } from '../docker.ts';
import type { Timer } from '../world.ts';
import type { Feed } from './sim-feed.ts';
import { exitCodeOf, type HealthCheck, healthCheckOf } from './sim-health-check.ts';
import type { SimImage } from './sim-images.ts';
import type { SimLife } from './sim-life.ts';
import { type Process, type ShellState, runProgram, runScript } from './sim-shell.ts';

/** One container of a simulated engine: its process, its state and its output. */
export class SimContainer {
  readonly id: string;
  readonly name: string;
  readonly image: SimImage;
  readonly body: ContainerBody;
  readonly labels: Readonly<Record<string, string>>;
  readonly #parts: ContainerParts;
  readonly #createdAt: string;
  #state: State = 'created';
  #exitCode = 0;
  #oomKilled = false;
  #error = '';
  #startedAt = neverHappened;
  #startedMs = 0;
  #finishedAt = neverHappened;
  #shell: ShellState = { env: new Map(), traps: new Map() };
  /** The process, and above it the traps it has been interrupted by. */
  #processes: Process[] = [];
  #timer: Timer | undefined;
  readonly #lines: LogLine[] = [];
  readonly #followers = new Set<Feed<LogLine>>();
  #lastNanos = 0n;
  readonly #exitListeners = new Set<() => void>();
  #health: { status: 'starting' | 'healthy' | 'unhealthy'; failures: number } | undefined;
  #healthTimer: Timer | undefined;
  #forcedHealth: boolean | undefined;

  constructor(id: string, name: string, image: SimImage, body: ContainerBody, parts: ContainerParts) {
    this.id = id;
    this.name = name;
    this.image = image;
    this.body = body;
    this.labels = body.Labels ?? {};
    this.#parts = parts;
    this.#createdAt = this.#timestamp();
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get state(): State {
    return this.#state;
  }

  get runningMs(): number {
    return this.isRunning ? this.#parts.machine.monotonicMs() - this.#startedMs : 0;
  }

  start(): void {
    const { image, body } = this;
    const env = new Map([...image.config.env, ...(body.Env ?? [])].map((text) => splitAt(text, '=')));
    this.#shell = { env, traps: new Map() };
    const entrypoint = body.Entrypoint ?? image.config.entrypoint ?? [];
    const command = body.Cmd && body.Cmd.length > 0 ? body.Cmd : body.Entrypoint ? [] : (image.config.command ?? []);
    const process = this.#parts.program(this, this.#shell) ?? this.#ownProgram([...entrypoint, ...command]);
    if (typeof process === 'string') {
      this.#exitCode = 127;
      this.#error = process;
      throw new DockerError(process, 400);
    }
    try {
      this.#parts.attach(this);
    } catch (error) {
      this.#exitCode = 128;
      this.#error = error instanceof Error ? error.message : String(error);
      throw error;
    }
    this.#state = 'running';
    this.#exitCode = 0;
    this.#oomKilled = false;
    this.#error = '';
    this.#startedAt = this.#timestamp();
    this.#startedMs = this.#parts.machine.monotonicMs();
    this.#finishedAt = neverHappened;
    this.#processes = [process];
    this.#parts.emit(this, 'start');
    this.#startHealthChecks();
    this.#timer = this.#parts.machine.after(0, () => this.#step());
  }

  /** SIGTERM or the stop signal, then SIGKILL. Resolves when it has stopped. */
  async stop(timeoutSeconds: number): Promise<void> {
    if (!this.isRunning) return;
    const stopped = new Promise<void>((resolve) => this.#exitListeners.add(resolve));
    this.signal(this.image.config.stopSignal ?? 'SIGTERM');
    const timer = this.#parts.machine.after(timeoutSeconds * 1000, () => {
      if (this.isRunning) this.signal('SIGKILL');
    });
    await stopped;
    timer.cancel();
    this.#parts.emit(this, 'stop');
  }

  signal(name: string): void {
    const signal = signalName(name);
    this.#parts.emit(this, 'kill', { signal: `${signalNumbers[signal] ?? 15}` });
    if (signal === 'KILL') {
      this.exit(137);
      return;
    }
    const trap = this.#shell.traps.get(signal);
    if (trap === undefined) {
      // The first process of a container has no default action for signals; an init in front of its child gives it one.
      if (this.body.HostConfig?.['Init'] === true) this.exit(128 + (signalNumbers[signal] ?? 15));
      return;
    }
    if (trap === '') return;
    this.#timer?.cancel();
    this.#processes.push(runScript(trap, this.#shell));
    this.#timer = this.#parts.machine.after(0, () => this.#step());
  }

  exit(code: number, options: { readonly oomKilled?: boolean; readonly silently?: boolean } = {}): void {
    if (!this.isRunning) return;
    this.#timer?.cancel();
    this.#healthTimer?.cancel();
    this.#state = 'exited';
    this.#exitCode = code;
    this.#oomKilled = options.oomKilled ?? false;
    this.#finishedAt = this.#timestamp();
    this.#processes = [];
    this.#parts.detach(this);
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
    if (!options.silently) this.#parts.emit(this, 'die', { exitCode: `${code}` });
    for (const listener of this.#exitListeners) listener();
    this.#exitListeners.clear();
  }

  /** Makes every further health check of the container end so, whatever it runs; undefined leaves it to the container. */
  forceHealth(isHealthy: boolean | undefined): void {
    this.#forcedHealth = isHealthy;
  }

  /** Gives what was written at or after `sinceNanos`, and with `follow` what will be. */
  readLogs(feed: Feed<LogLine>, follow: boolean, sinceNanos: bigint): () => void {
    for (const line of this.#lines) if (nanosOf(line.timestamp) >= sinceNanos) feed.push(line);
    if (!follow || !this.isRunning) feed.end();
    else this.#followers.add(feed);
    return () => this.#followers.delete(feed);
  }

  inspect(): ContainerInspect {
    const { networks, ports } = this.#parts.connections(this);
    return {
      Id: this.id,
      Name: `/${this.name}`,
      Created: this.#createdAt,
      Image: this.image.id,
      Config: { Image: this.body.Image, Labels: this.labels },
      State: {
        Status: this.#state,
        Running: this.isRunning,
        Pid: this.isRunning ? 1000 + (Number.parseInt(this.id.slice(0, 4), 16) % 30_000) : 0,
        ExitCode: this.#exitCode,
        OOMKilled: this.#oomKilled,
        Error: this.#error,
        StartedAt: this.#startedAt,
        FinishedAt: this.#finishedAt,
        ...(this.#health ? { Health: { Status: this.#health.status } } : {}),
      },
      HostConfig: this.body.HostConfig ?? {},
      NetworkSettings: { Ports: ports, Networks: networks },
    };
  }

  #ownProgram(words: readonly string[]): Process | string {
    const [path = ''] = words;
    if (path === '') return 'No command specified';
    const found = runProgram(words, this.#shell);
    if (found) return found;
    // What an imported archive holds is not looked into: a path in it is taken to be a server.
    const server = this.image.isImported && path.startsWith('/') ? runProgram(['pause'], this.#shell) : undefined;
    if (server) return server;
    const why = path.includes('/') ? `stat ${path}: no such file or directory` : 'executable file not found in $PATH';
    return `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${path}": ${why}: unknown`;
  }

  /** Runs the process until it waits or ends. A loop that never waits is slowed down, as its core would be. */
  #step(): void {
    for (let steps = 0; steps < stepsBeforeRest; steps += 1) {
      const process = this.#processes.at(-1);
      if (!process) return;
      const next = process.next();
      if (next.done) {
        this.#processes.pop();
        if (this.#processes.length === 0) {
          this.exit(next.value);
          return;
        }
        continue;
      }
      const action = next.value;
      if (action.kind === 'print') this.#print(action.stream, action.text);
      else if (action.kind === 'exit') {
        this.exit(action.code);
        return;
      } else if (action.kind === 'exhaust-memory') {
        this.#timer = this.#parts.machine.after(200, () => {
          this.#parts.emit(this, 'oom');
          this.exit(137, { oomKilled: true });
        });
        return;
      } else {
        this.#timer = this.#parts.machine.after(action.forMs, () => this.#step());
        return;
      }
    }
    this.#timer = this.#parts.machine.after(1, () => this.#step());
  }

  #print(stream: 'stdout' | 'stderr', text: string): void {
    const line = { stream, timestamp: this.#timestamp(), text: new TextEncoder().encode(text) };
    this.#lines.push(line);
    for (const follower of this.#followers) follower.push(line);
  }

  #startHealthChecks(): void {
    this.#health = undefined;
    const check = healthCheckOf(this.body);
    if (!check) return;
    this.#health = { status: 'starting', failures: 0 };
    const again = (): void => {
      this.#healthTimer = this.#parts.machine.after(check.intervalMs, () => {
        this.#checkHealth(check);
        again();
      });
    };
    again();
  }

  #checkHealth(check: HealthCheck): void {
    const health = this.#health;
    if (!health || !this.isRunning) return;
    const isHealthy = this.#forcedHealth ?? this.#parts.health(this) ?? exitCodeOf(check.words, this.#shell) === 0;
    const inStartPeriod = health.status === 'starting' && this.runningMs < check.startPeriodMs;
    health.failures = isHealthy ? 0 : health.failures + (inStartPeriod ? 0 : 1);
    const status = isHealthy ? 'healthy' : health.failures >= check.retries ? 'unhealthy' : health.status;
    if (status === health.status) return;
    health.status = status;
    this.#parts.emit(this, `health_status: ${status}`);
  }

  /** The engine's time, to the nanosecond and never the same twice in one container. */
  #timestamp(): string {
    const now = BigInt(this.#parts.machine.now()) * 1_000_000n;
    this.#lastNanos = now > this.#lastNanos ? now : this.#lastNanos + 1n;
    const seconds = new Date(Number(this.#lastNanos / 1_000_000n)).toISOString().slice(0, 19);
    return `${seconds}.${(this.#lastNanos % 1_000_000_000n).toString().padStart(9, '0')}Z`;
  }
}

export interface ContainerParts {
  readonly machine: SimLife;
  /** A program set for this container by the test or the workload. */
  readonly program: (container: SimContainer, shell: ShellState) => Process | undefined;
  /** How its health check ends, where that is not for the shell to say. */
  readonly health: (container: SimContainer) => boolean | undefined;
  readonly emit: (container: SimContainer, action: string, attributes?: Readonly<Record<string, string>>) => void;
  /** Joins networks and takes ports; throws DockerError when that is not possible, having taken none. */
  readonly attach: (container: SimContainer) => void;
  readonly detach: (container: SimContainer) => void;
  readonly connections: (container: SimContainer) => {
    readonly networks: ContainerInspect['NetworkSettings']['Networks'];
    readonly ports: ContainerInspect['NetworkSettings']['Ports'];
  };
}

type State = 'created' | 'running' | 'exited';

const neverHappened = '0001-01-01T00:00:00Z';
const stepsBeforeRest = 1000;

/** Nanoseconds since 1970 of an engine timestamp, or of the API's seconds with a fraction. */
export function nanosOf(time: string): bigint {
  const [whole = '', fraction = ''] = time.replace('Z', '').split('.');
  const seconds = whole.includes('T') ? Date.parse(`${whole}Z`) / 1000 : Number(whole);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
};

function signalName(signal: string): string {
  const name = signal.replace(/^SIG/, '');
  return Object.entries(signalNumbers).find(([, number]) => `${number}` === name)?.[0] ?? name;
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
