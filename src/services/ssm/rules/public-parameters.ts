import type { VersionRecord } from '../tables.ts';

/**
 * The parameters that AWS publishes for ECS: which machine image carries the agent. Templates resolve them and pass the
 * id on; here the id only says which kind of host is meant, since hosts are machines that an agent runs on.
 */
const images: readonly {
  readonly path: string;
  readonly os: string;
  readonly imageName: string;
  readonly imageId: string;
}[] = [
  {
    path: 'amazon-linux-2',
    os: 'Amazon Linux 2',
    imageName: 'amzn2-ami-ecs-hvm-2.0-x86_64-ebs',
    imageId: 'ami-0000000000000a1a2',
  },
  {
    path: 'amazon-linux-2/arm64',
    os: 'Amazon Linux 2',
    imageName: 'amzn2-ami-ecs-hvm-2.0-arm64-ebs',
    imageId: 'ami-0000000000000a1a3',
  },
  {
    path: 'amazon-linux-2/gpu',
    os: 'Amazon Linux 2',
    imageName: 'amzn2-ami-ecs-gpu-hvm-2.0-x86_64-ebs',
    imageId: 'ami-0000000000000a1a4',
  },
  {
    path: 'amazon-linux-2023',
    os: 'Amazon Linux 2023',
    imageName: 'al2023-ami-ecs-hvm-kernel-6.1-x86_64',
    imageId: 'ami-0000000000000a231',
  },
  {
    path: 'amazon-linux-2023/arm64',
    os: 'Amazon Linux 2023',
    imageName: 'al2023-ami-ecs-hvm-kernel-6.1-arm64',
    imageId: 'ami-0000000000000a232',
  },
];

export const publicPrefix = '/aws/service/ecs/optimized-ami/';

/** All of them, in the order of their names, as versions of the account of AWS itself. */
export function publicParameters(region: string): readonly VersionRecord[] {
  return images
    .flatMap(({ path, os, imageName, imageId }) => {
      const agent = '1.105.1';
      const runtime = 'Docker version 25.0.8';
      const whole = {
        ecs_agent_version: agent,
        ecs_runtime_version: runtime,
        image_id: imageId,
        image_name: imageName,
        image_version: '1',
        os,
        schema_version: 1,
      };
      const base = `${publicPrefix}${path}/recommended`;
      return [
        [base, JSON.stringify(whole)] as const,
        [`${base}/image_id`, imageId] as const,
        [`${base}/image_name`, imageName] as const,
        [`${base}/os`, os] as const,
        [`${base}/ecs_agent_version`, agent] as const,
        [`${base}/ecs_runtime_version`, runtime] as const,
      ];
    })
    .map(([name, value]) => ({
      accountId: '',
      region,
      name,
      version: 1,
      type: 'String' as const,
      value,
      dataType: 'text',
      tier: 'Standard' as const,
      labels: [],
      modifiedAt: 0,
      modifiedBy: '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function publicParameter(region: string, name: string): VersionRecord | undefined {
  if (!name.startsWith(publicPrefix)) return undefined;
  return publicParameters(region).find((parameter) => parameter.name === name);
}
