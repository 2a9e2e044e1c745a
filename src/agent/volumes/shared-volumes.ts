import type { Disk } from '../../world/world.ts';
import type { PayloadVolume } from '../contract.ts';
import { StepError } from '../engine-error.ts';

type EfsVolume = NonNullable<PayloadVolume['efs']>;

/**
 * The directory of this host that a task mounts for an EFS volume: the file system's own, or the one within it that the
 * task or its access point names. What is in it was written by tasks, so a symbolic link on the way would let one of
 * them mount the host: none is followed.
 * Differs from AWS: an access point's user is not put in place of the container's, which a bind mount cannot do.
 */
export async function sharedDirectory(
  name: string,
  volume: EfsVolume,
  disk: Pick<Disk, 'makeDirectory' | 'read' | 'realPath'>,
): Promise<string> {
  const { fileSystemId, mount } = volume;
  if (!mount) {
    const name = `${fileSystemId}.efs`;
    throw failure(`Failed to resolve "${name}" - check that your file system ID is correct, and its access point`);
  }
  const marker = await disk.read(`${mount.directory}/file-system-id`);
  if (!marker || new TextDecoder().decode(marker) !== fileSystemId) {
    throw failure(`volume ${name}: file system ${fileSystemId} is not on this host, where ${mount.directory} would be`);
  }
  const base = await disk.realPath(`${mount.directory}/data`);
  if (base === undefined) throw failure(`volume ${name}: file system ${fileSystemId} has lost its directory`);
  const segments = (mount.accessPoint?.path ?? volume.rootDirectory).split('/').filter((part) => part !== '');
  if (segments.some((part) => part === '.' || part === '..')) throw failure(`volume ${name}: ${segments.join('/')}`);
  const wanted = [base, ...segments].join('/');
  let present = base;
  for (const segment of segments) {
    const next = await disk.realPath(`${present}/${segment}`);
    if (next === undefined) break;
    if (next !== `${present}/${segment}`) throw noDirectory(fileSystemId, segments);
    present = next;
  }
  if (present === wanted) return wanted;
  const creation = mount.accessPoint?.creation;
  if (!creation) throw noDirectory(fileSystemId, segments);
  const mode = Number.parseInt(creation.permissions, 8);
  await disk.makeDirectory(wanted, mode, creation).catch((error: unknown) => {
    throw failure(`volume ${name}: ${error instanceof Error ? error.message : String(error)}`);
  });
  return wanted;
}

function noDirectory(fileSystemId: string, segments: readonly string[]): StepError {
  return failure(
    `mount.nfs4: mounting ${fileSystemId}:/${segments.join('/')} failed, reason given by server: No such file or directory`,
  );
}

/** In the words that a Fargate task shows. */
function failure(what: string): StepError {
  return new StepError(
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${what}`,
  );
}
