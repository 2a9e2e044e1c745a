import { join } from 'node:path';
import { type Server, startServer, temporaryDirectory } from './server.ts';

/** A Longshore of a test's own without a host: the real program, in a directory that goes with it. */
export interface ControlPlane extends Server {
  /** Everything of it is in here, and a test may keep its own files beside. */
  readonly directory: string;
  /** Stops it and takes its directory away. */
  end(): Promise<void>;
}

/** What `prepare` does in the directory comes before the server starts, and what it gives are variables for the server. */
export async function startControlPlane(
  prepare: (directory: string) => Promise<NodeJS.ProcessEnv> = async () => ({}),
): Promise<ControlPlane> {
  const directory = await temporaryDirectory();
  const environment = await prepare(directory.path);
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false, environment });
  return {
    ...server,
    directory: directory.path,
    async end() {
      await server.stop();
      await directory.remove();
    },
  };
}
