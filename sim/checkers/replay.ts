import { equal } from '../../src/core/equal.ts';
import type { ControlPlane } from '../../src/app/compose.ts';
import { outbox } from '../../src/services/ecs/outbox-tables.ts';
import { tasks } from '../../src/services/ecs/tables.ts';
import { table } from '../../src/store/table.ts';
import type { System } from '../system.ts';
import type { Checker } from './checker.ts';

/** What is in the journal is what is in memory: a server that starts now knows the same. */
export const replay: Checker = {
  name: 'the replayed journal equals the live state',
  settled: async (system) => {
    const { server } = system;
    if (!server) {
      system.fail(replay.name, 'no server is up');
      return;
    }
    await server.store.durable();
    compare(system, server);
  },
};

function compare(system: System, server: ControlPlane): void {
  const durable = new Map<string, Map<string, unknown>>();
  const readers = new Map([tasks, outbox].map(({ name, stored }) => [name, stored?.reader()]));
  for (const { table: name, key, value } of system.journal.records()) {
    const records = durable.get(name) ?? new Map<string, unknown>();
    const stored = JSON.parse(value);
    durable.set(name, records.set(key, readers.get(name)?.(key, stored) ?? stored));
  }
  for (const [name, records] of durable) {
    // The store finds its tables by name; which type a record has does not matter here.
    const anyTable = table<object>()({ name, key: () => '', indexes: {} });
    server.store.view((reader) => {
      for (const [key, record] of records) {
        if (!equal(reader.get(anyTable, key), record))
          system.fail(replay.name, `${name} ${key} differs in memory and journal`);
      }
      const live = [...reader.list(anyTable)].length;
      if (live !== records.size)
        system.fail(replay.name, `${name} has ${live} records in memory and ${records.size} in the journal`);
    });
  }
}
