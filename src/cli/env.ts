import { readRootKeys } from '../app/root-keys.ts';
import { UsageError } from '../app/config.ts';
import { readServerAddress } from '../app/server-file.ts';
import { realDisk } from '../world/real/real-disk.ts';
import { awsCliWithoutEndpoint } from './aws-cli.ts';
import type { DataDirectoryOption } from './program.ts';

/**
 * Prints the lines that point the AWS CLI and SDKs of this shell at the server of the data directory: exports, and for an
 * AWS CLI that is too old to read them all a function in its place.
 */
export async function env({ dataDir }: DataDirectoryOption): Promise<void> {
  const disk = realDisk();
  const [address, keys] = await Promise.all([readServerAddress(disk, dataDir), readRootKeys(disk, dataDir)]);
  if (!address || !keys)
    throw new UsageError(`no server has run with the data directory ${dataDir}: start 'longshore up' first`);
  const variables = {
    AWS_ENDPOINT_URL: address.endpoint,
    AWS_REGION: address.region,
    AWS_DEFAULT_REGION: address.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}=${quote(value)}\n`);
  // Left over from another session, these would win over the keys above or be sent along with them.
  for (const name of ['AWS_SESSION_TOKEN', 'AWS_PROFILE'])
    if (process.env[name]) process.stdout.write(`unset ${name}\n`);
  const old = await awsCliWithoutEndpoint();
  if (old === undefined) return;
  process.stdout.write('aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n');
  process.stderr.write(
    `longshore: this AWS CLI, version ${old}, does not read AWS_ENDPOINT_URL (2.13 does); in this shell a function ` +
      'named aws adds --endpoint-url to each call, scripts must do so themselves\n',
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
