/** Every limit of ECR, AWS's own where it has one. */
export const limits = {
  tagsPerImage: 1000,
  imagesPerRepository: 100_000,
  repositoryTags: 50,
  lifecycleRules: 50,
  lifecyclePolicyBytes: 30_720,
  policyBytes: 10_240,
  registryPolicyBytes: 102_400,
  manifestBytes: 4 * 1024 * 1024,
  manifestLayers: 4200,
  exclusionFilters: 5,
  batchImages: 100,
  batchLayers: 100,
  pageOfListing: 1000,
  cacheRules: 50,
  creationTemplates: 50,
  pullTimeExclusions: 100,
  /** UploadLayerPart: every part but the last has at least so many bytes, and InitiateLayerUpload proposes as many. */
  layerPartBytes: 5 * 1024 * 1024,
  /** What of a manifest's annotations the listing of referrers gives. */
  annotationBytes: 16 * 1024,
} as const;

export const tokenLifeMs = 12 * 60 * 60 * 1000;
/** ECR's own links hold for an hour. */
export const downloadLinkLifeMs = 60 * 60 * 1000;
/** A client that was told that a layer is there has this long to push an image upon it. */
export const layerPromiseMs = 60 * 60 * 1000;
/** An upload that nobody finishes is given up a day after it was begun. */
export const uploadLifeMs = 24 * 60 * 60 * 1000;
/** A pull is noted once in this time: a registry that writes for every read would be slow for nothing. */
export const pullNoteMs = 10 * 60 * 1000;
/** AWS applies a lifecycle policy within 24 hours; here every hour. */
export const lifecycleEveryMs = 60 * 60 * 1000;
