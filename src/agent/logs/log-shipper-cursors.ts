import { table } from '../../store/table.ts';
import type { Cursors } from './log-shipper-lines.ts';

/** How far a container's output has been shipped and acknowledged. */
export interface LogCursorRecord {
  readonly containerId: string;
  readonly cursors: Cursors;
}

export const logCursorTable = table<LogCursorRecord>()({
  name: 'agent.log-cursors',
  key: (record) => record.containerId,
  indexes: {},
});
