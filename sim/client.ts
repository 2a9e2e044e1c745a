import { AwsError } from '../src/aws/error.ts';
import { NetError } from '../src/world/net.ts';
import { misfitOf, type ServiceName } from './answers.ts';
import type { System } from './system.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** What a user's program is: it repeats each call until it is answered, and holds every answer against its model. */
export class Client {
  readonly #system: System;
  readonly #counts = new Map<string, number>();

  constructor(system: System) {
    this.#system = system;
  }

  /** Answers so far, by operation and outcome. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  count(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** One call, without giving up. Undefined when the answer is an error that `allowed` names. */
  async call(operation: string, input: object, options: CallOptions = {}): Promise<Answer | undefined> {
    const outcome = await this.#outcome(operation, input, options.service ?? 'ecs');
    if (!(outcome instanceof AwsError)) return outcome;
    const { allowed = defaultAllowed } = options;
    if (!allowed.includes(outcome.code)) {
      this.#system.fail(
        'a right request is not refused',
        `${operation} ${JSON.stringify(input)} gives ${outcome.code}: ${outcome.message}`,
      );
    }
    return undefined;
  }

  /** One call that is wrong and must be refused, whatever else goes on. */
  async callWrongly(operation: string, input: object): Promise<void> {
    const outcome = await this.#outcome(operation, input, 'ecs');
    if (outcome instanceof AwsError || outcome === undefined) return;
    this.#system.fail('a wrong request is refused', `${operation} ${JSON.stringify(input)} is carried out`);
  }

  async #outcome(operation: string, input: object, service: ServiceName): Promise<Answer | AwsError | undefined> {
    const { client, clientWorld, trace } = this.#system;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer: Answer = await client.call(service, operation, input);
        this.count(`${operation} ok`);
        trace.note('client', `${operation} ${JSON.stringify(input)} -> ${JSON.stringify(answer)}`);
        const misfit = misfitOf(service, operation, answer);
        if (misfit !== undefined) this.#system.fail('every answer fits its model', misfit);
        return answer;
      } catch (error) {
        if (!(error instanceof NetError || error instanceof AwsError)) throw error;
        trace.note('client', `${operation} ${JSON.stringify(input)} -> ${String(error)}`);
        this.count(`${operation} ${error instanceof AwsError ? error.code : 'no answer'}`);
        if (error instanceof AwsError && error.status !== undefined && error.status < 500) return error;
        if (attempt > 200) {
          this.#system.fail(
            'every request is answered',
            `${operation} is not answered after 200 attempts: ${String(error)}`,
          );
          return undefined;
        }
        await clientWorld.clock.sleep(Math.min(5000, 200 * 2 ** Math.min(attempt, 5)));
      }
    }
  }
}

export interface CallOptions {
  readonly service?: ServiceName;
  /** Codes of errors that are the user's own mistakes, such as stopping what is no longer there. */
  readonly allowed?: readonly string[];
}

const defaultAllowed: readonly string[] = ['InvalidParameterException'];
