import { parentPort } from 'node:worker_threads';
import { assert } from '../src/core/assert.ts';
import { runSeed } from './run.ts';
import type { Job } from './pool.ts';

/** One thread of the pool: runs the seeds it is given, one after the other. */
const port = parentPort;
assert(port, 'a worker has a parent');
port.on('message', ({ seed, options }: Job) => {
  runSeed(seed, options).then(
    (result) => port.postMessage({ result }),
    (error: unknown) => port.postMessage({ seed, broke: error instanceof Error ? error.stack : String(error) }),
  );
});
