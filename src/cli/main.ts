import { enableCompileCache } from 'node:module';

// Before anything else is loaded: with the cache, stripped types and compiled code come from disk, and a start costs a
// quarter of what it would. Hence the import below is dynamic.
enableCompileCache();
void import('./program.ts').then(({ run }) => run(process.argv.slice(2)));
