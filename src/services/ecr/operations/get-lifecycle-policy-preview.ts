import type { GetLifecyclePolicyPreviewRequest, GetLifecyclePolicyPreviewResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { takePage } from '../../../core/page.ts';
import { lifecyclePreviewNotFound } from '../errors.ts';
import { lifecycleActions } from '../lifecycle.ts';
import { pageAsked } from '../paging.ts';
import { findImage, repositoryNamed, tagsOf } from '../references.ts';
import { imageKey, images, lifecyclePreviews } from '../tables.ts';

/** Differs from AWS: the preview is of the images that there are now, as they would fare when it was started. */
export const getLifecyclePolicyPreview: Operation<
  GetLifecyclePolicyPreviewRequest,
  GetLifecyclePolicyPreviewResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    const { id, name, accountId } = repository;
    const preview = reader.get(lifecyclePreviews, id);
    if (!preview) throw lifecyclePreviewNotFound(name, accountId);
    const wanted =
      input.imageIds && new Set(input.imageIds.map((imageId) => findImage(reader, repository, imageId)?.digest));
    const actions = lifecycleActions(reader, repository, preview.policyText, preview.startedAt);
    const results = actions.flatMap((action) => {
      const image = reader.get(images, imageKey(id, action.digest));
      if (!image || (wanted && !wanted.has(action.digest))) return [];
      const imageTags = tagsOf(reader, image);
      const { tagStatus = 'ANY' } = input.filter ?? {};
      if (tagStatus !== 'ANY' && (tagStatus === 'TAGGED') !== imageTags.length > 0) return [];
      return [{ action, image, imageTags }];
    });
    const { size, afterKey } = pageAsked(input);
    // In the order of pushes, which is not that of the digests: the page goes on after the digest where it ended.
    const begun = afterKey === undefined ? 0 : results.findIndex(({ image }) => image.digest === afterKey) + 1;
    const page = takePage(results.slice(begun), size, ({ image }) => image.digest);
    const transitions = actions.filter(({ action }) => action === 'TRANSITION').length;
    return {
      registryId: accountId,
      repositoryName: name,
      lifecyclePolicyText: preview.policyText,
      status: 'COMPLETE',
      previewResults: page.items.map(({ action, image, imageTags }) => ({
        imageTags,
        imageDigest: image.digest,
        imagePushedAt: toDate(image.pushedAt),
        action: {
          type: action.action,
          ...(action.action === 'TRANSITION' ? { targetStorageClass: 'ARCHIVE' as const } : {}),
        },
        appliedRulePriority: action.rulePriority,
        storageClass: image.archivedAt === undefined ? 'STANDARD' : 'ARCHIVE',
      })),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
      summary: {
        expiringImageTotalCount: actions.length - transitions,
        ...(transitions === 0
          ? {}
          : {
              transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE' as const, imageTotalCount: transitions }],
            }),
      },
    };
  });
