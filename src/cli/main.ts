import { enableCompileCache } from 'node:module';
import { serveDirectoryCommand } from '../world/real/serve-directory-command.ts';

// Before anything else is loaded: with the cache, stripped types and compiled code come from disk, and a start costs a
// quarter of what it would. Hence the import below is dynamic.
enableCompileCache();
const [command, ...words] = process.argv.slice(2);
if (command === serveDirectoryCommand) {
  // An agent starts it, once for each directory that it mounts in another user's name: no more is loaded than it needs.
  const loaded = Promise.all([
    import('../world/real/fuse/serve-directory.ts'),
    import('../world/real/process-priority.ts'),
  ]);
  void loaded.then(([{ serveDirectory }, { lowerRaisedPriority }]) => {
    lowerRaisedPriority(); // it works for containers
    const [userId = 0, groupId = 0, ...secondaryGroupIds] = words.map(Number);
    serveDirectory({ userId, groupId, secondaryGroupIds });
  });
} else {
  void import('./program.ts').then(({ run }) => run(process.argv.slice(2)));
}
