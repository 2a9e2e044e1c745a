import type { Store } from '../../store/store.ts';
import type { BoundOperation } from '../bound-service.ts';
import { AwsError } from '../error.ts';
import type { ClaimedService } from '../loaded-services.ts';
import type { Call } from '../operation.ts';
import type { ProtocolFamily } from '../protocols/protocol.ts';

/** What is built of an operation that the model knows. */
export function findOperation({ service, family }: ClaimedService, name: string): BoundOperation {
  const operation = service.operations.get(name);
  if (operation) return operation;
  const code = codes[family] ?? 'UnsupportedOperationException';
  throw new AwsError(code, `Longshore does not implement ${service.name}:${name} yet.`);
}

const codes: Readonly<Partial<Record<ProtocolFamily, string>>> = {
  query: 'UnsupportedOperation',
  ec2: 'UnsupportedOperation',
  'rest-xml': 'NotImplemented',
};

/**
 * Runs the operation. Its answer may rest on what another request has written and the journal has not yet taken, so
 * nothing is told before all that can be read is durable.
 */
export async function invoke(operation: BoundOperation, input: object, call: Call, store: Store): Promise<unknown> {
  const output = await operation(input, call, store);
  await store.durable();
  return output;
}
