import type { ObjectFiles } from '../../dataplane/object-files/contract.ts';
import type { Clock, Hash, Log } from '../../world/world.ts';

/** What S3 has besides the store; app/compose.ts gives it. */
export interface S3Parts {
  readonly files: ObjectFiles;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
}
