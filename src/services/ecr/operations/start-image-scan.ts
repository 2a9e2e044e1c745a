import type { StartImageScanRequest, StartImageScanResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { unsupportedImage } from '../errors.ts';
import { imageNamed, repositoryNamed } from '../references.ts';
import { noScanner } from '../views.ts';

/** Differs from AWS: there is no scanner, and no image is said to be free of what was not looked for. */
export const startImageScan: Operation<StartImageScanRequest, StartImageScanResponse> = (input, { call, store }) => {
  store.view((reader) => imageNamed(reader, repositoryNamed(reader, call, input), input.imageId));
  throw unsupportedImage(noScanner.description);
};
