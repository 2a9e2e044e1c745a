import type { Store } from '../../store/store.ts';
import type { BoundOperation } from '../bound-service.ts';
import { AwsError } from '../error.ts';
import type { ClaimedService } from '../loaded-services.ts';
import type { Call } from '../operation.ts';

/** What is built of an operation that the model knows. */
export function findOperation({ service, family }: ClaimedService, name: string): BoundOperation {
  const operation = service.operations.get(name);
  if (operation) return operation;
  const isXml = family === 'query' || family === 'ec2';
  const code = isXml ? 'UnsupportedOperation' : 'UnsupportedOperationException';
  throw new AwsError(code, `Longshore does not implement ${service.name}:${name} yet.`);
}

/**
 * Runs the operation. Its answer may rest on what another request has written and the journal has not yet taken, so
 * nothing is told before all that can be read is durable.
 */
export async function invoke(operation: BoundOperation, input: object, call: Call, store: Store): Promise<unknown> {
  const output = await operation(input, call, store);
  await store.durable();
  return output;
}
