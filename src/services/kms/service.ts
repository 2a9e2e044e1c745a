/** The manifest of KMS: symmetric keys, as far as secrets, parameters and their users need them. */
import type { Service } from '../../aws/service.ts';
import { cancelKeyDeletion } from './operations/cancel-key-deletion.ts';
import { createAlias } from './operations/create-alias.ts';
import { createKey } from './operations/create-key.ts';
import { decrypt } from './operations/decrypt.ts';
import { deleteAlias } from './operations/delete-alias.ts';
import { describeKey } from './operations/describe-key.ts';
import { disableKey } from './operations/disable-key.ts';
import { disableKeyRotation } from './operations/disable-key-rotation.ts';
import { enableKey } from './operations/enable-key.ts';
import { enableKeyRotation } from './operations/enable-key-rotation.ts';
import { encrypt } from './operations/encrypt.ts';
import { generateDataKey } from './operations/generate-data-key.ts';
import { generateDataKeyWithoutPlaintext } from './operations/generate-data-key-without-plaintext.ts';
import { generateRandom } from './operations/generate-random.ts';
import { getKeyPolicy } from './operations/get-key-policy.ts';
import { getKeyRotationStatus } from './operations/get-key-rotation-status.ts';
import { listAliases } from './operations/list-aliases.ts';
import { listKeyPolicies } from './operations/list-key-policies.ts';
import { listKeys } from './operations/list-keys.ts';
import { listResourceTags } from './operations/list-resource-tags.ts';
import { putKeyPolicy } from './operations/put-key-policy.ts';
import { reEncrypt } from './operations/re-encrypt.ts';
import { scheduleKeyDeletion } from './operations/schedule-key-deletion.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateAlias } from './operations/update-alias.ts';
import { updateKeyDescription } from './operations/update-key-description.ts';
import type { KmsParts } from './parts.ts';
import { permissions } from './permissions.ts';
import { pendingDeletions } from './reconcilers/pending-deletions.ts';
import { aliases, keys } from './tables.ts';

export function kmsService(parts: KmsParts): Service<KmsParts> {
  return {
    name: 'kms',
    model: async () => (await import('../../aws/models/kms.gen.ts')).model,
    operations: {
      CancelKeyDeletion: cancelKeyDeletion,
      CreateAlias: createAlias,
      CreateKey: createKey,
      Decrypt: decrypt,
      DeleteAlias: deleteAlias,
      DescribeKey: describeKey,
      DisableKey: disableKey,
      DisableKeyRotation: disableKeyRotation,
      EnableKey: enableKey,
      EnableKeyRotation: enableKeyRotation,
      Encrypt: encrypt,
      GenerateDataKey: generateDataKey,
      GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
      GenerateRandom: generateRandom,
      GetKeyPolicy: getKeyPolicy,
      GetKeyRotationStatus: getKeyRotationStatus,
      ListAliases: listAliases,
      ListKeyPolicies: listKeyPolicies,
      ListKeys: listKeys,
      ListResourceTags: listResourceTags,
      PutKeyPolicy: putKeyPolicy,
      ReEncrypt: reEncrypt,
      ScheduleKeyDeletion: scheduleKeyDeletion,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateAlias: updateAlias,
      UpdateKeyDescription: updateKeyDescription,
    },
    permissions,
    tables: [aliases, keys],
    projections: [],
    reconcilers: [pendingDeletions],
    parts,
    sockets: {},
  };
}
