import { writeSync } from 'node:fs';
import { openSqliteJournal } from '../../src/world/real/sqlite-journal.ts';

/**
 * A process that commits and says so, to be killed: node journal-writer.ts <directory> <from> <to> <bytes>. Commit k puts
 * `last` = k and a record of its own; its number goes to standard output once it is durable. Stays after the last.
 */
const [directory = '', from = '', to = '', bytes = ''] = process.argv.slice(2);
const journal = await openSqliteJournal({ directory, formatVersion: 1, migrations: [] });
writeSync(1, 'open\n');
for (let number = Number(from); number <= Number(to); number += 1) {
  await journal.commit([
    { table: 'crash', key: 'last', value: String(number) },
    { table: 'crash', key: `commit-${number}`, value: JSON.stringify({ filling: 'x'.repeat(Number(bytes)) }) },
  ]);
  writeSync(1, `${number}\n`);
}
setInterval(() => undefined, 60_000);
