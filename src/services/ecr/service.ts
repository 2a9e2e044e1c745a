/** The manifest of ECR: its operations, what each asks of IAM, and the tables and reconcilers behind. */
import type { Service } from '../../aws/service.ts';
import { batchCheckLayerAvailability } from './operations/batch-check-layer-availability.ts';
import { batchDeleteImage } from './operations/batch-delete-image.ts';
import { batchGetImage } from './operations/batch-get-image.ts';
import { batchGetRepositoryScanningConfiguration } from './operations/batch-get-repository-scanning-configuration.ts';
import { completeLayerUpload } from './operations/complete-layer-upload.ts';
import { createPullThroughCacheRule } from './operations/create-pull-through-cache-rule.ts';
import { createRepository } from './operations/create-repository.ts';
import { createRepositoryCreationTemplate } from './operations/create-repository-creation-template.ts';
import { deleteLifecyclePolicy } from './operations/delete-lifecycle-policy.ts';
import { deletePullThroughCacheRule } from './operations/delete-pull-through-cache-rule.ts';
import { deleteRegistryPolicy } from './operations/delete-registry-policy.ts';
import { deleteRepository } from './operations/delete-repository.ts';
import { deleteRepositoryCreationTemplate } from './operations/delete-repository-creation-template.ts';
import { deleteRepositoryPolicy } from './operations/delete-repository-policy.ts';
import { deleteSigningConfiguration } from './operations/delete-signing-configuration.ts';
import { deregisterPullTimeUpdateExclusion } from './operations/deregister-pull-time-update-exclusion.ts';
import { describeImageReplicationStatus } from './operations/describe-image-replication-status.ts';
import { describeImageScanFindings } from './operations/describe-image-scan-findings.ts';
import { describeImageSigningStatus } from './operations/describe-image-signing-status.ts';
import { describeImages } from './operations/describe-images.ts';
import { describePullThroughCacheRules } from './operations/describe-pull-through-cache-rules.ts';
import { describeRegistry } from './operations/describe-registry.ts';
import { describeReplicationBackfillResults } from './operations/describe-replication-backfill-results.ts';
import { describeRepositories } from './operations/describe-repositories.ts';
import { describeRepositoryCreationTemplates } from './operations/describe-repository-creation-templates.ts';
import { getAccountSetting } from './operations/get-account-setting.ts';
import { getAuthorizationToken } from './operations/get-authorization-token.ts';
import { getDownloadUrlForLayer } from './operations/get-download-url-for-layer.ts';
import { getLifecyclePolicy } from './operations/get-lifecycle-policy.ts';
import { getLifecyclePolicyPreview } from './operations/get-lifecycle-policy-preview.ts';
import { getRegistryPolicy } from './operations/get-registry-policy.ts';
import { getRegistryScanningConfiguration } from './operations/get-registry-scanning-configuration.ts';
import { getRepositoryPolicy } from './operations/get-repository-policy.ts';
import { getSigningConfiguration } from './operations/get-signing-configuration.ts';
import { initiateLayerUpload } from './operations/initiate-layer-upload.ts';
import { listImageReferrers } from './operations/list-image-referrers.ts';
import { listImages } from './operations/list-images.ts';
import { listPullTimeUpdateExclusions } from './operations/list-pull-time-update-exclusions.ts';
import { listReplicationBackfills } from './operations/list-replication-backfills.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { putAccountSetting } from './operations/put-account-setting.ts';
import { putImage } from './operations/put-image.ts';
import { putImageScanningConfiguration } from './operations/put-image-scanning-configuration.ts';
import { putImageTagMutability } from './operations/put-image-tag-mutability.ts';
import { putLifecyclePolicy } from './operations/put-lifecycle-policy.ts';
import { putRegistryPolicy } from './operations/put-registry-policy.ts';
import { putRegistryScanningConfiguration } from './operations/put-registry-scanning-configuration.ts';
import { putReplicationConfiguration } from './operations/put-replication-configuration.ts';
import { putSigningConfiguration } from './operations/put-signing-configuration.ts';
import { registerPullTimeUpdateExclusion } from './operations/register-pull-time-update-exclusion.ts';
import { setRepositoryPolicy } from './operations/set-repository-policy.ts';
import { startImageScan } from './operations/start-image-scan.ts';
import { startLifecyclePolicyPreview } from './operations/start-lifecycle-policy-preview.ts';
import { startReplicationBackfill } from './operations/start-replication-backfill.ts';
import { stopReplicationBackfill } from './operations/stop-replication-backfill.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateImageStorageClass } from './operations/update-image-storage-class.ts';
import { updatePullThroughCacheRule } from './operations/update-pull-through-cache-rule.ts';
import { updateRepositoryCreationTemplate } from './operations/update-repository-creation-template.ts';
import { uploadLayerPart } from './operations/upload-layer-part.ts';
import { validatePullThroughCacheRule } from './operations/validate-pull-through-cache-rule.ts';
import type { EcrParts } from './parts.ts';
import { onArn, onCacheRule, onNewRepository, onRegistry, onRepositories, onRepository } from './permissions.ts';
import { lifecyclePolicies } from './reconcilers/lifecycle-policies.ts';
import {
  creationTemplates,
  deletedRepositories,
  images,
  imageTags,
  layers,
  lifecyclePreviews,
  pullThroughCacheRules,
  registries,
  repositories,
  tokenKeys,
} from './tables.ts';
import { setUpTokenKey } from './tokens.ts';

export function ecrService(parts: EcrParts): Service<EcrParts> {
  return {
    name: 'ecr',
    model: async () => (await import('../../aws/models/ecr.gen.ts')).model,
    operations: {
      BatchCheckLayerAvailability: batchCheckLayerAvailability,
      BatchDeleteImage: batchDeleteImage,
      BatchGetImage: batchGetImage,
      BatchGetRepositoryScanningConfiguration: batchGetRepositoryScanningConfiguration,
      CompleteLayerUpload: completeLayerUpload,
      CreatePullThroughCacheRule: createPullThroughCacheRule,
      CreateRepository: createRepository,
      CreateRepositoryCreationTemplate: createRepositoryCreationTemplate,
      DeleteLifecyclePolicy: deleteLifecyclePolicy,
      DeletePullThroughCacheRule: deletePullThroughCacheRule,
      DeleteRegistryPolicy: deleteRegistryPolicy,
      DeleteRepository: deleteRepository,
      DeleteRepositoryCreationTemplate: deleteRepositoryCreationTemplate,
      DeleteRepositoryPolicy: deleteRepositoryPolicy,
      DeleteSigningConfiguration: deleteSigningConfiguration,
      DeregisterPullTimeUpdateExclusion: deregisterPullTimeUpdateExclusion,
      DescribeImageReplicationStatus: describeImageReplicationStatus,
      DescribeImageScanFindings: describeImageScanFindings,
      DescribeImageSigningStatus: describeImageSigningStatus,
      DescribeImages: describeImages,
      DescribePullThroughCacheRules: describePullThroughCacheRules,
      DescribeRegistry: describeRegistry,
      DescribeReplicationBackfillResults: describeReplicationBackfillResults,
      DescribeRepositories: describeRepositories,
      DescribeRepositoryCreationTemplates: describeRepositoryCreationTemplates,
      GetAccountSetting: getAccountSetting,
      GetAuthorizationToken: getAuthorizationToken,
      GetDownloadUrlForLayer: getDownloadUrlForLayer,
      GetLifecyclePolicy: getLifecyclePolicy,
      GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
      GetRegistryPolicy: getRegistryPolicy,
      GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
      GetRepositoryPolicy: getRepositoryPolicy,
      GetSigningConfiguration: getSigningConfiguration,
      InitiateLayerUpload: initiateLayerUpload,
      ListImageReferrers: listImageReferrers,
      ListImages: listImages,
      ListPullTimeUpdateExclusions: listPullTimeUpdateExclusions,
      ListReplicationBackfills: listReplicationBackfills,
      ListTagsForResource: listTagsForResource,
      PutAccountSetting: putAccountSetting,
      PutImage: putImage,
      PutImageScanningConfiguration: putImageScanningConfiguration,
      PutImageTagMutability: putImageTagMutability,
      PutLifecyclePolicy: putLifecyclePolicy,
      PutRegistryPolicy: putRegistryPolicy,
      PutRegistryScanningConfiguration: putRegistryScanningConfiguration,
      PutReplicationConfiguration: putReplicationConfiguration,
      PutSigningConfiguration: putSigningConfiguration,
      RegisterPullTimeUpdateExclusion: registerPullTimeUpdateExclusion,
      SetRepositoryPolicy: setRepositoryPolicy,
      StartImageScan: startImageScan,
      StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
      StartReplicationBackfill: startReplicationBackfill,
      StopReplicationBackfill: stopReplicationBackfill,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateImageStorageClass: updateImageStorageClass,
      UpdatePullThroughCacheRule: updatePullThroughCacheRule,
      UpdateRepositoryCreationTemplate: updateRepositoryCreationTemplate,
      UploadLayerPart: uploadLayerPart,
      ValidatePullThroughCacheRule: validatePullThroughCacheRule,
    },
    permissions: {
      BatchCheckLayerAvailability: onRepository('BatchCheckLayerAvailability'),
      BatchDeleteImage: onRepository('BatchDeleteImage'),
      BatchGetImage: onRepository('BatchGetImage'),
      BatchGetRepositoryScanningConfiguration: onRepositories('BatchGetRepositoryScanningConfiguration'),
      CompleteLayerUpload: onRepository('CompleteLayerUpload'),
      CreatePullThroughCacheRule: onCacheRule('CreatePullThroughCacheRule'),
      CreateRepository: onNewRepository,
      DeleteLifecyclePolicy: onRepository('DeleteLifecyclePolicy'),
      DeletePullThroughCacheRule: onRegistry('DeletePullThroughCacheRule'),
      DeleteRepository: onRepository('DeleteRepository'),
      DeleteRepositoryPolicy: onRepository('DeleteRepositoryPolicy'),
      DescribeImageReplicationStatus: onRepository('DescribeImageReplicationStatus'),
      DescribeImageScanFindings: onRepository('DescribeImageScanFindings'),
      DescribeImageSigningStatus: onRepository('DescribeImageSigningStatus'),
      DescribeImages: onRepository('DescribeImages'),
      DescribePullThroughCacheRules: onRegistry('DescribePullThroughCacheRules'),
      DescribeReplicationBackfillResults: onRegistry('DescribeReplicationBackfillResults'),
      DescribeRepositories: onRepositories('DescribeRepositories'),
      GetDownloadUrlForLayer: onRepository('GetDownloadUrlForLayer'),
      GetLifecyclePolicy: onRepository('GetLifecyclePolicy'),
      GetLifecyclePolicyPreview: onRepository('GetLifecyclePolicyPreview'),
      GetRepositoryPolicy: onRepository('GetRepositoryPolicy'),
      InitiateLayerUpload: onRepository('InitiateLayerUpload'),
      ListImageReferrers: onRepository('ListImageReferrers'),
      ListImages: onRepository('ListImages'),
      ListReplicationBackfills: onRegistry('ListReplicationBackfills'),
      ListTagsForResource: onArn('ListTagsForResource'),
      PutImage: onRepository('PutImage'),
      PutImageScanningConfiguration: onRepository('PutImageScanningConfiguration'),
      PutImageTagMutability: onRepository('PutImageTagMutability'),
      PutLifecyclePolicy: onRepository('PutLifecyclePolicy'),
      SetRepositoryPolicy: onRepository('SetRepositoryPolicy'),
      StartImageScan: onRepository('StartImageScan'),
      StartLifecyclePolicyPreview: onRepository('StartLifecyclePolicyPreview'),
      StartReplicationBackfill: onRegistry('StartReplicationBackfill'),
      StopReplicationBackfill: onRegistry('StopReplicationBackfill'),
      TagResource: onArn('TagResource'),
      UntagResource: onArn('UntagResource'),
      UpdateImageStorageClass: onRepository('UpdateImageStorageClass'),
      UpdatePullThroughCacheRule: onCacheRule('UpdatePullThroughCacheRule'),
      UploadLayerPart: onRepository('UploadLayerPart'),
      ValidatePullThroughCacheRule: onRegistry('ValidatePullThroughCacheRule'),
    },
    namesOtherAccounts: true,
    tables: [
      creationTemplates,
      deletedRepositories,
      images,
      imageTags,
      layers,
      lifecyclePreviews,
      pullThroughCacheRules,
      registries,
      repositories,
      tokenKeys,
    ],
    projections: [],
    reconcilers: [lifecyclePolicies(parts.imagesInUse ?? (() => new Set()))],
    parts,
    sockets: {},
    setUp: setUpTokenKey,
  };
}
