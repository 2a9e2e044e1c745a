import type { World } from '../world.ts';
import { createRealCgroups } from './real-cgroups.ts';
import { realCipher } from './real-cipher.ts';
import { realClock } from './real-clock.ts';
import { realDisk } from './real-disk.ts';
import { realDocker } from './real-docker.ts';
import { createRealFirewall } from './real-firewall.ts';
import { createRealFileSystems } from './real-file-systems.ts';
import { realHash } from './real-hash.ts';
import { realLog, type RealLogOptions } from './real-log.ts';
import { realNet } from './real-net.ts';
import { realRandom } from './real-random.ts';

export interface RealWorldOptions {
  /** As in DOCKER_HOST, which is also the default. */
  readonly dockerHost?: string;
  readonly log?: RealLogOptions;
}

/** This machine. */
export function realWorld(options: RealWorldOptions = {}): World {
  const log = realLog(options.log);
  return {
    clock: realClock(),
    random: realRandom(),
    hash: realHash(),
    cipher: realCipher(),
    disk: realDisk(),
    net: realNet(log),
    docker: realDocker(options.dockerHost),
    cgroups: createRealCgroups(),
    fileSystems: createRealFileSystems(),
    ...(isOfThisMachine(options.dockerHost ?? process.env['DOCKER_HOST']) && { firewall: createRealFirewall() }),
    log,
  };
}

function isOfThisMachine(dockerHost: string | undefined): boolean {
  return process.platform === 'linux' && (!dockerHost || dockerHost.startsWith('unix:'));
}
