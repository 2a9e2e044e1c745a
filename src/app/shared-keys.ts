import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../aws/client.ts';
import type { Clock, Disk, Log } from '../world/world.ts';

/** Keys from the file that the AWS tools share, as they are now. */
export interface SharedKeys {
  readonly keys: () => Credentials;
  readonly stop: () => void;
}

const lookEveryMs = 2000;

/**
 * Follows the keys of a profile: AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE, as the AWS tools have them. Whoever rotates
 * keys writes them there, and a host goes on with them without being started again. Undefined where there are none.
 */
export async function followSharedKeys(
  { disk, clock, log }: { readonly disk: Pick<Disk, 'read'>; readonly clock: Clock; readonly log: Log },
  variables: Readonly<Record<string, string | undefined>>,
): Promise<SharedKeys | undefined> {
  const path = variables['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials');
  const profile = variables['AWS_PROFILE'] || 'default';
  const read = async (): Promise<Credentials | undefined> =>
    keysIn(new TextDecoder().decode((await disk.read(path)) ?? new Uint8Array()), profile);
  const first = await read();
  if (!first) return undefined;
  let current = first;
  const look = async (): Promise<void> => {
    try {
      const now = await read();
      if (now && now.accessKeyId !== current.accessKeyId)
        log.info('other access keys', { accessKeyId: now.accessKeyId });
      // A file that is being written, or has lost the profile, says nothing new.
      current = now ?? current;
    } catch (error) {
      log.warn('the shared credentials file cannot be read', { path, reason: String(error) });
    }
    timer = clock.after(lookEveryMs, () => void look());
  };
  let timer = clock.after(lookEveryMs, () => void look());
  return { keys: () => current, stop: () => timer.cancel() };
}

/** The keys of one section of an INI file; undefined where it has none, or but one of the two. */
export function keysIn(text: string, profile: string): Credentials | undefined {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n').map((it) => it.trim())) {
    const heading = /^\[\s*(.*?)\s*\]/.exec(line);
    if (heading) section = heading[1] ?? '';
    const pair = /^([^#;=\s]+)\s*=\s*(.*)$/.exec(line);
    if (!heading && pair && section === profile) values.set((pair[1] ?? '').toLowerCase(), pair[2] ?? '');
  }
  const accessKeyId = values.get('aws_access_key_id');
  const secretAccessKey = values.get('aws_secret_access_key');
  const sessionToken = values.get('aws_session_token');
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
