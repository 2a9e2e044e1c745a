import type { Authorizer } from '../../aws/authorizer.ts';
import type { SecretsManagerParts } from '../secretsmanager/public.ts';
import type { BlobFiles } from '../../dataplane/registry/contract.ts';
import type { Reader } from '../../store/store.ts';
import type { Net } from '../../world/net.ts';
import type { Clock, Hash, Log, Random } from '../../world/world.ts';

/** What ECR has besides the store; app/compose.ts gives it. */
export interface EcrParts {
  readonly files: BlobFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly log: Log;
  /** How upstream registries are asked; absent where there is no network, and pull-through cache rules have no effect. */
  readonly net?: Pick<Net, 'request'>;
  /** Where the credentials of pull-through cache rules are kept. */
  readonly secrets?: SecretsManagerParts;
  /** By which the registry's pushes and pulls are decided, as the API's requests are. */
  readonly authorizer?: Authorizer;
  /** Digests of the images that tasks run on. */
  readonly imagesInUse?: (reader: Reader) => ReadonlySet<string>;
}
