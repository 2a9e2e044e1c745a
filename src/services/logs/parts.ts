import type { LogFiles } from '../../dataplane/log-files/contract.ts';
import type { Clock, Log } from '../../world/world.ts';
import type { LiveTail } from './live-tail.ts';

/** What CloudWatch Logs has besides the store; app/compose.ts gives it. */
export interface LogsParts {
  readonly files: LogFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly liveTail: LiveTail;
}
