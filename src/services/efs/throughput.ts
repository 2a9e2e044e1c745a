import { badRequest } from './errors.ts';
import type { FileSystemRecord } from './tables.ts';

/** A throughput mode with what goes with it. Throws BadRequest. */
export function checkedThroughput(
  throughputMode: string,
  provisionedThroughputInMibps: number | undefined,
): Pick<FileSystemRecord, 'throughputMode' | 'provisionedThroughputInMibps'> {
  if (throughputMode !== 'bursting' && throughputMode !== 'provisioned' && throughputMode !== 'elastic') {
    throw badRequest('invalid throughput mode');
  }
  if ((throughputMode === 'provisioned') !== (provisionedThroughputInMibps !== undefined)) {
    throw badRequest('ProvisionedThroughputInMibps goes with the throughput mode provisioned and with no other.');
  }
  return { throughputMode, ...(provisionedThroughputInMibps !== undefined && { provisionedThroughputInMibps }) };
}
