// ECR as the real clients see it: the AWS CLI and the AWS SDK for JavaScript. No engine is needed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  UpdateRepositoryCreationTemplateCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAccountSettingCommand,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  InvalidLayerPartException,
  PutAccountSettingCommand,
  PutImageCommand,
  UploadLayerPartCommand,
  waitUntilLifecyclePolicyPreviewComplete,
  StartLifecyclePolicyPreviewCommand,
  StartReplicationBackfillCommand,
} from '@aws-sdk/client-ecr';
import type {
  BatchDeleteImageResponse,
  DescribePullThroughCacheRulesResponse,
  DescribeRepositoriesResponse,
  GetLifecyclePolicyPreviewResponse,
  ListImagesResponse,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-ecr';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

describe('ECR', () => {
  let server: ControlPlane;
  let aws: AwsCli;
  let sdk: ECRClient;

  before(async () => {
    server = await startControlPlane();
    aws = awsCli(server);
    sdk = new ECRClient({ ...server.sdk, maxAttempts: 1 });
  });

  after(async () => {
    sdk?.destroy();
    await server?.end();
  });

  /** Uploads a layer in parts through the API, as the SDK's clients without a registry do. */
  async function upload(repositoryName: string, content: string): Promise<string> {
    const { uploadId, partSize } = await sdk.send(new InitiateLayerUploadCommand({ repositoryName }));
    assert.ok(partSize !== undefined && partSize > 0);
    const bytes = new TextEncoder().encode(content);
    const middle = bytes.length >> 1;
    for (const [from, to] of [
      [0, middle],
      [middle, bytes.length],
    ] as const) {
      const part = { repositoryName, uploadId, partFirstByte: from, partLastByte: to - 1 };
      const answer = await sdk.send(new UploadLayerPartCommand({ ...part, layerPartBlob: bytes.slice(from, to) }));
      assert.equal(answer.lastByteReceived, to - 1);
    }
    const layerDigests = [digestOf(content)];
    const { layerDigest } = await sdk.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests }));
    return layerDigest ?? '';
  }

  function manifestOf(contents: readonly string[], note = ''): string {
    const [config, ...layers] = contents.map((content) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      digest: digestOf(content),
      size: content.length,
    }));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return JSON.stringify({ schemaVersion: 2, mediaType, config, layers, annotations: { note } });
  }

  test('an image goes in and comes out through the API alone', async () => {
    const repositoryName = 'api/app';
    await sdk.send(new CreateRepositoryCommand({ repositoryName }));
    const [config, layer] = ['{"os":"linux"}', 'the layer'];
    await upload(repositoryName, config);
    const layerDigest = await upload(repositoryName, layer);
    const imageManifest = manifestOf([config, layer]);
    const { image } = await sdk.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' }));
    assert.equal(image?.imageId?.imageDigest, digestOf(imageManifest));
    const got = await sdk.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }] }),
    );
    assert.equal(got.images?.[0]?.imageManifest, imageManifest);
    assert.equal(got.failures?.[0]?.failureCode, 'ImageNotFound');
    const { imageDetails } = await sdk.send(new DescribeImagesCommand({ repositoryName }));
    assert.equal(imageDetails?.[0]?.imageSizeInBytes, config.length + layer.length);
    assert.ok(Math.abs((imageDetails?.[0]?.imagePushedAt?.getTime() ?? 0) - Date.now()) < 60_000);
    const { downloadUrl } = await sdk.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
    assert.equal(await (await fetch(downloadUrl ?? '')).text(), layer);
    const checked = await sdk.send(
      new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [layerDigest, digestOf('none'), 'none'] }),
    );
    assert.deepEqual(
      checked.layers?.map(({ layerAvailability }) => layerAvailability),
      ['AVAILABLE', 'UNAVAILABLE'],
    );
    assert.equal(checked.failures?.[0]?.failureCode, 'InvalidLayerDigest');
  });

  test('a part out of order is refused with the last byte that is good', async () => {
    const repositoryName = 'api/parts';
    await sdk.send(new CreateRepositoryCommand({ repositoryName }));
    const { uploadId } = await sdk.send(new InitiateLayerUploadCommand({ repositoryName }));
    const part = { repositoryName, uploadId, partFirstByte: 5, partLastByte: 9, layerPartBlob: new Uint8Array(5) };
    await assert.rejects(sdk.send(new UploadLayerPartCommand(part)), (error) => {
      assert.ok(error instanceof InvalidLayerPartException);
      assert.equal(error.lastValidByteReceived, -1);
      return true;
    });
  });

  test('a lifecycle policy is previewed, put, read and taken away', async () => {
    const repositoryName = 'api/lifecycle';
    await sdk.send(new CreateRepositoryCommand({ repositoryName }));
    await upload(repositoryName, '{}');
    for (const tag of ['v1', 'v2', 'v3']) {
      const imageManifest = manifestOf(['{}'], tag);
      await sdk.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: tag }));
    }
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 };
    const lifecyclePolicyText = JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
    await sdk.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }));
    await waitUntilLifecyclePolicyPreviewComplete({ client: sdk, maxWaitTime: 20 }, { repositoryName });
    const preview = await aws<GetLifecyclePolicyPreviewResponse>(
      'ecr',
      'get-lifecycle-policy-preview',
      '--repository-name',
      repositoryName,
    );
    assert.equal(preview.summary?.expiringImageTotalCount, 2);
    assert.deepEqual(
      preview.previewResults?.map(({ imageTags }) => imageTags),
      [['v1'], ['v2']],
    );
    const of = ['--repository-name', repositoryName];
    await aws('ecr', 'put-lifecycle-policy', ...of, '--lifecycle-policy-text', lifecyclePolicyText);
    const { imageIds: left = [] } = await until(
      () => aws<ListImagesResponse>('ecr', 'list-images', ...of),
      ({ imageIds = [] }) => imageIds.length === 1,
    );
    assert.equal(left[0]?.imageTag, 'v3');
    await aws('ecr', 'get-lifecycle-policy', ...of);
    await aws('ecr', 'delete-lifecycle-policy', ...of);
    assert.match(await aws.fails('ecr', 'get-lifecycle-policy', ...of), /LifecyclePolicyNotFoundException/);
    assert.match(
      await aws.fails(
        'ecr',
        'put-lifecycle-policy',
        ...of,
        '--lifecycle-policy-text',
        `{"rules":[]}${' '.repeat(100)}`,
      ),
      /InvalidParameterException.*Lifecycle policy validation failure: array is too short/s,
    );
  });

  test('repositories are made, listed, tagged and deleted by the CLI, with AWS’s errors', async () => {
    const of = ['--repository-name', 'cli/app'];
    await aws('ecr', 'create-repository', ...of, '--tags', 'Key=team,Value=a', '--image-tag-mutability', 'IMMUTABLE');
    assert.match(
      await aws.fails('ecr', 'create-repository', ...of),
      /RepositoryAlreadyExistsException\).*The repository with name 'cli\/app' already exists in the registry with id '000000000000'/,
    );
    const { repositories: [repository] = [] } = await aws<DescribeRepositoriesResponse>(
      'ecr',
      'describe-repositories',
      '--repository-names',
      'cli/app',
    );
    assert.equal(repository?.imageTagMutability, 'IMMUTABLE');
    const { tags } = await aws<ListTagsForResourceResponse>(
      'ecr',
      'list-tags-for-resource',
      '--resource-arn',
      repository?.repositoryArn ?? '',
    );
    assert.deepEqual(tags, [{ Key: 'team', Value: 'a' }]);
    assert.match(
      await aws.fails('ecr', 'describe-repositories', '--repository-names', 'none'),
      /RepositoryNotFoundException/,
    );
    assert.match(
      await aws.fails('ecr', 'create-repository', '--repository-name', 'UPPER'),
      /InvalidParameterException/,
    );
    await upload('cli/app', '{}');
    await aws('ecr', 'put-image', ...of, '--image-manifest', manifestOf(['{}']), '--image-tag', 'v1');
    const again = ['ecr', 'put-image', ...of, '--image-tag', 'v1', '--image-manifest'];
    assert.match(await aws.fails(...again, manifestOf(['{}'])), /ImageAlreadyExistsException/);
    assert.match(await aws.fails(...again, manifestOf(['{}'], 'other')), /ImageTagAlreadyExistsException/);
    assert.match(
      await aws.fails('ecr', 'describe-images', ...of, '--image-ids', 'imageTag=v9'),
      /ImageNotFoundException/,
    );
    assert.match(await aws.fails('ecr', 'delete-repository', ...of), /RepositoryNotEmptyException/);
    const gone = await aws<BatchDeleteImageResponse>(
      'ecr',
      'batch-delete-image',
      ...of,
      '--image-ids',
      'imageTag=v1',
      'imageTag=v9',
    );
    assert.deepEqual(
      gone.imageIds?.map(({ imageTag }) => imageTag),
      ['v1'],
    );
    assert.equal(gone.failures?.[0]?.failureCode, 'ImageNotFound');
    await aws('ecr', 'delete-repository', ...of);
  });

  test('policies, templates, rules and settings are what was put', async () => {
    const of = ['--repository-name', 'cli/settings'];
    await aws('ecr', 'create-repository', ...of);
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
    });
    assert.match(await aws.fails('ecr', 'get-repository-policy', ...of), /RepositoryPolicyNotFoundException/);
    await aws('ecr', 'set-repository-policy', ...of, '--policy-text', policy);
    const { policyText } = await aws<{ readonly policyText: string }>('ecr', 'get-repository-policy', ...of);
    assert.deepEqual(JSON.parse(policyText), JSON.parse(policy));
    const named = policy.replace('"Principal"', '"Resource":"*","Principal"');
    for (const text of ['{}', named, policy.replace('ecr:BatchGetImage', 's3:GetObject')]) {
      assert.match(
        await aws.fails('ecr', 'set-repository-policy', ...of, '--policy-text', text),
        /InvalidParameterException.*'Invalid repository policy provided'/,
      );
    }
    await aws(
      'ecr',
      'create-pull-through-cache-rule',
      '--ecr-repository-prefix',
      'quay',
      '--upstream-registry-url',
      'quay.io',
    );
    assert.match(
      await aws.fails(
        'ecr',
        'create-pull-through-cache-rule',
        '--ecr-repository-prefix',
        'evil',
        '--upstream-registry-url',
        '169.254.169.254',
      ),
      /UnsupportedUpstreamRegistryException/,
    );
    const { pullThroughCacheRules } = await aws<DescribePullThroughCacheRulesResponse>(
      'ecr',
      'describe-pull-through-cache-rules',
    );
    assert.deepEqual(
      pullThroughCacheRules?.map((rule) => rule.upstreamRegistryUrl),
      ['quay.io'],
    );
    const template = { prefix: 'made', appliedFor: ['CREATE_ON_PUSH', 'PULL_THROUGH_CACHE'] } as const;
    await sdk.send(new CreateRepositoryCreationTemplateCommand({ ...template, appliedFor: [...template.appliedFor] }));
    const { repositoryCreationTemplate: updated } = await sdk.send(
      new UpdateRepositoryCreationTemplateCommand({ prefix: 'made', description: 'made on push' }),
    );
    assert.deepEqual([updated?.description, updated?.appliedFor], ['made on push', [...template.appliedFor]]);
    await sdk.send(new DeleteRepositoryCreationTemplateCommand({ prefix: 'made' }));
    const { repositoryCreationTemplates } = await sdk.send(new DescribeRepositoryCreationTemplatesCommand({}));
    assert.deepEqual(repositoryCreationTemplates, []);
    await sdk.send(new PutAccountSettingCommand({ name: 'BLOB_MOUNTING', value: 'DISABLED' }));
    const { value } = await sdk.send(new GetAccountSettingCommand({ name: 'BLOB_MOUNTING' }));
    assert.equal(value, 'DISABLED');
  });

  test('what cannot be had is refused by name', async () => {
    const of = ['--repository-name', 'cli/refused'];
    await aws('ecr', 'create-repository', ...of);
    const kms = ['--repository-name', 'cli/kms', '--encryption-configuration', 'encryptionType=KMS'];
    assert.match(await aws.fails('ecr', 'create-repository', ...kms), /Longshore does not implement the encryption/);
    const rules = 'rules=[{destinations=[{region=eu-west-1,registryId=111111111111}]}]';
    await aws('ecr', 'put-replication-configuration', '--replication-configuration', rules);
    assert.deepEqual(await aws('ecr', 'describe-registry'), {
      registryId: '000000000000',
      replicationConfiguration: {
        rules: [{ destinations: [{ region: 'eu-west-1', registryId: '111111111111' }] }],
      },
    });
    const backfill = (registryId: string): Promise<unknown> =>
      sdk
        .send(new StartReplicationBackfillCommand({ destination: { region: 'eu-west-1', registryId } }))
        .catch((error: unknown) => String(error));
    assert.match(String(await backfill('111111111111')), /ValidationException: The destination .* cannot be reached/);
    assert.match(String(await backfill('222222222222')), /ValidationException: .* has no destination/);
    assert.match(
      await aws.fails('ecr', 'put-registry-scanning-configuration', '--scan-type', 'ENHANCED'),
      /Longshore does not implement enhanced scanning/,
    );
    await upload('cli/refused', '{}');
    await aws('ecr', 'put-image', ...of, '--image-manifest', manifestOf(['{}']), '--image-tag', 'v1');
    const replication = ['ecr', 'describe-image-replication-status', ...of, '--image-id', 'imageTag=v1'];
    const { replicationStatuses } = await aws<{ readonly replicationStatuses: readonly object[] }>(...replication);
    assert.deepEqual(replicationStatuses, [
      { region: 'eu-west-1', registryId: '111111111111', status: 'FAILED', failureCode: 'DestinationNotReachable' },
    ]);
    const scan = ['ecr', 'start-image-scan', ...of, '--image-id', 'imageTag=v1'];
    assert.match(await aws.fails(...scan), /UnsupportedImageTypeException.*no scanner/s);
  });

  test('what is another account’s is out of reach without its leave, also for root', async () => {
    const registryId = '111111111111';
    for (const command of [
      new CreateRepositoryCommand({ repositoryName: 'theirs', registryId }),
      new CreateRepositoryCommand({ repositoryName: 'theirs', registryId, tags: [{ Key: 'a', Value: 'b' }] }),
      new DescribeImagesCommand({ repositoryName: 'theirs', registryId }),
      new DescribeRepositoriesCommand({ registryId }),
      new CreatePullThroughCacheRuleCommand({
        registryId,
        ecrRepositoryPrefix: 'theirs',
        upstreamRegistryUrl: 'quay.io',
      }),
    ] as readonly Parameters<ECRClient['send']>[0][]) {
      await assert.rejects(sdk.send(command), {
        name: 'AccessDeniedException',
        message: /:root is not authorized to perform: ecr:.* because no resource-based policy allows/,
      });
    }
    const own = await sdk.send(new DescribeRepositoriesCommand({ registryId: '000000000000' }));
    assert.ok(own.repositories);
  });

  test('ECR Public gives a token', async () => {
    const { authorizationData } = await aws<{ readonly authorizationData: { readonly authorizationToken: string } }>(
      'ecr-public',
      'get-authorization-token',
    );
    assert.match(Buffer.from(authorizationData.authorizationToken, 'base64').toString(), /^AWS:[^:]+$/);
  });
});

async function until<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  const end = Date.now() + 120_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || Date.now() > end) return answer;
  }
}
