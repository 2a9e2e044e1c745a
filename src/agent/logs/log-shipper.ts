import type { Store } from '../../store/store.ts';
import type { Docker } from '../../world/docker.ts';
import type { Outputs } from '../../world/outputs.ts';
import type { Clock, Log } from '../../world/world.ts';
import type { Backend, RoleCredentials } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import { joinerOf } from './log-shipper-joining.ts';
import { logCursorTable } from './log-shipper-cursors.ts';
import { codeOf, createDestination, messageOf } from './log-shipper-destination.ts';
import { ContainerShipping } from './log-shipper-shipping.ts';
import { destinationIn, type LogDestination, type ShippedOutput } from './shipped-output.ts';

export { logCursorTable } from './log-shipper-cursors.ts';

/** Brings the output of containers to CloudWatch Logs: each line once, whatever dies meanwhile. */
export interface LogShipper {
  /**
   * To be awaited before a container is started: makes its stream, in the name of this role if any. Rejects with an error
   * whose name and message are what the awslogs driver says, where the container then cannot start.
   */
  prepare(destination: LogDestination, as?: RoleCredentials): Promise<void>;
  /** To be awaited before each start of the container: what it writes is kept from then on. */
  keep(containerId: string, maxBufferBytes?: number): Promise<void>;
  /** Ships the output of a container that has been started, from where it was. To be called after each start of it or of the agent. */
  follow(containerId: string, destination: ShippedOutput['destination']): void;
  /** Resolves when the container has ended and all its output is acknowledged; at once for one that is not followed. */
  finished(containerId: string): Promise<void>;
  /** Forgets a container that has been removed. */
  forget(containerId: string): Promise<void>;
  /** Stops reading and sending, in the middle; what was not acknowledged is shipped by the next agent. */
  close(): Promise<void>;
}

export interface LogShipperParts {
  readonly docker: Pick<Docker, 'inspectContainer'>;
  readonly outputs: Outputs;
  readonly clock: Clock;
  readonly log: Log;
  /** The agent's own, with `logCursorTable`. */
  readonly store: Store;
  readonly backend: Backend;
}

export function createLogShipper(parts: LogShipperParts): LogShipper {
  const shippings = new Map<string, ContainerShipping>();
  return {
    prepare: (destination, as) => prepare(parts, destination, as),
    keep: (containerId, maxBufferBytes) => parts.outputs.keep(containerId, maxBufferBytes),
    follow: (containerId, destination) => {
      const present = shippings.get(containerId);
      if (present && !present.hasEnded) {
        present.followAgain();
        return;
      }
      shippings.set(
        containerId,
        new ContainerShipping(parts, containerId, destinationIn(destination, containerId), present?.done),
      );
    },
    finished: async (containerId) => {
      await shippings.get(containerId)?.done;
    },
    forget: async (containerId) => {
      const shipping = shippings.get(containerId);
      shippings.delete(containerId);
      await shipping?.stop();
      await parts.store.update((tx) => tx.delete(logCursorTable, containerId));
      await parts.outputs.forget(containerId);
    },
    close: async () => {
      await Promise.all([...shippings.values()].map((shipping) => shipping.stop()));
      parts.outputs.close();
    },
  };
}

/** Tries while no answer comes, as the backend may be starting too. */
const prepareDelaysMs: readonly number[] = [100, 200, 400, 800, 1600];

async function prepare(
  { backend, clock }: LogShipperParts,
  destination: LogDestination,
  as: RoleCredentials | undefined,
): Promise<void> {
  refuseBadPattern(destination);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await createDestination(backend, destination, as);
      return;
    } catch (error) {
      const code = codeOf(error);
      const delayMs = prepareDelaysMs[attempt];
      if (code === undefined && delayMs !== undefined) {
        await clock.sleep(delayMs);
        continue;
      }
      throw new ResourceInitializationError(`${code ?? 'RequestError'}: ${messageOf(error)}`);
    }
  }
}

function refuseBadPattern({ startPattern }: LogDestination): void {
  try {
    joinerOf(startPattern);
  } catch (error) {
    const words = `failed to initialize logging driver: ${messageOf(error)}`;
    throw new StepError(`CannotStartContainerError: Error response from daemon: ${words}`);
  }
}

/** Worded as the ECS agent reports an awslogs driver that could not make its stream. */
class ResourceInitializationError extends Error {
  override readonly name = 'ResourceInitializationError';
  constructor(cause: string) {
    super(
      `failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${cause}`,
    );
  }
}
