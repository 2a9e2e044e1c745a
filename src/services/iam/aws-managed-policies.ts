/** The managed policies of AWS that guides to ECS name: the same name, path and rights, in our own short writing. */
export interface AwsManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly description: string;
  readonly document: string;
}

interface Written {
  readonly path?: string;
  readonly description: string;
  readonly statements: readonly object[];
}

const all = '*';
const allow = (
  actions: string | readonly string[],
  resources: string | readonly string[] = all,
  condition?: object,
): object => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  ...(condition && { Condition: condition }),
});
const passedTo = (...services: readonly string[]): object => ({ StringLike: { 'iam:PassedToService': services } });

const ecrPull = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
];
const ecrRead = [
  ...ecrPull,
  'ecr:GetRepositoryPolicy',
  'ecr:DescribeRepositories',
  'ecr:ListImages',
  'ecr:DescribeImages',
  'ecr:GetLifecyclePolicy',
  'ecr:GetLifecyclePolicyPreview',
  'ecr:ListTagsForResource',
  'ecr:DescribeImageScanFindings',
];
const ecrPush = ['ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'];
const networkInterfaces = [
  'ec2:AttachNetworkInterface',
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:Describe*',
  'ec2:DetachNetworkInterface',
];
const efsClient = ['elasticfilesystem:ClientMount', 'elasticfilesystem:DescribeMountTargets'];
/** What the console of EFS shows beside file systems. */
const efsSurroundings = [
  'cloudwatch:DescribeAlarmsForMetric',
  'cloudwatch:GetMetricData',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeNetworkInterfaceAttribute',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcs',
  'kms:ListAliases',
];
const xrayWrite = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];
const serviceRole = '/service-role/';
const linkedRole = '/aws-service-role/';

/** Where reading has other words than Describe, List and Get, or where Get reads what is secret. */
const readActions: Readonly<Record<string, readonly string[]>> = {
  cloudformation: [
    'cloudformation:Describe*',
    'cloudformation:EstimateTemplateCost',
    'cloudformation:Get*',
    'cloudformation:List*',
  ],
  codedeploy: ['codedeploy:BatchGet*', 'codedeploy:Get*', 'codedeploy:List*'],
  ecr: ['ecr:BatchCheck*', 'ecr:BatchGet*', 'ecr:Describe*', 'ecr:Get*', 'ecr:List*'],
  events: ['events:Describe*', 'events:List*', 'events:Test*'],
  iam: ['iam:Generate*', 'iam:Get*', 'iam:List*', 'iam:Simulate*'],
  logs: [
    'logs:Describe*',
    'logs:FilterLogEvents',
    'logs:Get*',
    'logs:List*',
    'logs:StartQuery',
    'logs:StopQuery',
    'logs:TestMetricFilter',
  ],
  secretsmanager: ['secretsmanager:Describe*', 'secretsmanager:GetResourcePolicy', 'secretsmanager:List*'],
  sts: ['sts:GetAccessKeyInfo', 'sts:GetCallerIdentity', 'sts:GetSessionToken'],
};

/** By name. */
const written: Readonly<Record<string, Written>> = {
  AdministratorAccess: {
    description: 'Provides full access to AWS services and resources.',
    statements: [allow('*')],
  },
  PowerUserAccess: {
    description:
      'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      allow([
        'account:GetAccountInformation',
        'account:GetPrimaryEmail',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeOrganization',
      ]),
    ],
  },
  ReadOnlyAccess: {
    description: 'Provides read-only access to AWS services and resources.',
    statements: [
      allow(
        [
          'application-autoscaling',
          'autoscaling',
          'cloudformation',
          'cloudwatch',
          'codedeploy',
          'ec2',
          'ecr',
          'ecr-public',
          'ecs',
          'elasticfilesystem',
          'elasticloadbalancing',
          'events',
          'iam',
          'kms',
          'logs',
          's3',
          'secretsmanager',
          'servicediscovery',
          'ssm',
          'sts',
        ].flatMap((service) => readActions[service] ?? [`${service}:Describe*`, `${service}:List*`, `${service}:Get*`]),
      ),
    ],
  },
  IAMFullAccess: {
    description: 'Provides full access to IAM via the AWS Management Console.',
    statements: [allow(['iam:*', 'organizations:DescribeAccount', 'organizations:DescribeOrganization'])],
  },
  IAMReadOnlyAccess: {
    description: 'Provides read only access to IAM via the AWS Management Console.',
    statements: [
      allow([
        'iam:GenerateCredentialReport',
        'iam:Get*',
        'iam:List*',
        'iam:SimulateCustomPolicy',
        'iam:SimulatePrincipalPolicy',
      ]),
    ],
  },
  AmazonECS_FullAccess: {
    description:
      'Provides administrative access to Amazon ECS resources and enables ECS features through access to other AWS service resources.',
    statements: [
      allow([
        'application-autoscaling:*',
        'autoscaling:CreateAutoScalingGroup',
        'autoscaling:DeleteAutoScalingGroup',
        'autoscaling:Describe*',
        'autoscaling:UpdateAutoScalingGroup',
        'cloudformation:CreateStack',
        'cloudformation:DeleteStack',
        'cloudformation:DescribeStack*',
        'cloudformation:UpdateStack',
        'cloudwatch:DeleteAlarms',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricStatistics',
        'cloudwatch:PutMetricAlarm',
        'codedeploy:*',
        'ec2:AssociateRouteTable',
        'ec2:AttachInternetGateway',
        'ec2:AuthorizeSecurityGroupIngress',
        'ec2:CreateInternetGateway',
        'ec2:CreateRoute',
        'ec2:CreateRouteTable',
        'ec2:CreateSecurityGroup',
        'ec2:CreateSubnet',
        'ec2:CreateVpc',
        'ec2:DeleteSubnet',
        'ec2:DeleteVpc',
        'ec2:Describe*',
        'ec2:ModifySubnetAttribute',
        'ec2:ModifyVpcAttribute',
        'ec2:RunInstances',
        'ecs:*',
        'elasticfilesystem:DescribeAccessPoints',
        'elasticfilesystem:DescribeFileSystems',
        'elasticloadbalancing:*',
        'events:DeleteRule',
        'events:DescribeRule',
        'events:ListRuleNamesByTarget',
        'events:ListTargetsByRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfiles',
        'iam:ListRoles',
        'logs:CreateLogGroup',
        'logs:DescribeLogGroups',
        'logs:FilterLogEvents',
        'servicediscovery:*',
        'sns:ListTopics',
        'lambda:ListFunctions',
      ]),
      allow(
        ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
        'arn:aws:ssm:*:*:parameter/aws/service/ecs*',
      ),
      allow('iam:PassRole', all, passedTo('ecs-tasks.amazonaws.com')),
      allow('iam:PassRole', 'arn:aws:iam::*:role/ecsInfrastructureRole', {
        StringEquals: { 'iam:PassedToService': ['ecs.amazonaws.com'] },
      }),
      allow('iam:PassRole', 'arn:aws:iam::*:role/ecsInstanceRole*', passedTo('ec2.amazonaws.com')),
      allow('iam:PassRole', 'arn:aws:iam::*:role/ecsAutoscaleRole*', passedTo('application-autoscaling.amazonaws.com')),
      allow('iam:CreateServiceLinkedRole', all, {
        StringLike: {
          'iam:AWSServiceName': [
            'autoscaling.amazonaws.com',
            'ecs.amazonaws.com',
            'ecs.application-autoscaling.amazonaws.com',
            'spot.amazonaws.com',
            'spotfleet.amazonaws.com',
          ],
        },
      }),
      allow('elasticloadbalancing:AddTags', all, {
        StringEquals: {
          'elasticloadbalancing:CreateAction': [
            'CreateTargetGroup',
            'CreateRule',
            'CreateListener',
            'CreateLoadBalancer',
          ],
        },
      }),
    ],
  },
  AmazonEC2ContainerRegistryReadOnly: {
    description: 'Provides read-only access to Amazon EC2 Container Registry repositories.',
    statements: [allow(ecrRead)],
  },
  AmazonEC2ContainerRegistryPullOnly: {
    description: 'Provides pull access to Amazon Elastic Container Registry repositories.',
    statements: [
      allow([
        'ecr:GetAuthorizationToken',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchImportUpstreamImage',
      ]),
    ],
  },
  AmazonEC2ContainerRegistryPowerUser: {
    description:
      'Provides full access to Amazon EC2 Container Registry repositories, but does not allow repository deletion or policy changes.',
    statements: [allow([...ecrRead, ...ecrPush])],
  },
  AmazonEC2ContainerRegistryFullAccess: {
    description: 'Provides administrative access to Amazon ECR resources.',
    statements: [
      allow(['ecr:*', 'cloudtrail:LookupEvents']),
      allow('iam:CreateServiceLinkedRole', all, {
        StringEquals: { 'iam:AWSServiceName': ['replication.ecr.amazonaws.com'] },
      }),
    ],
  },
  AmazonS3FullAccess: {
    description: 'Provides full access to all buckets via the AWS Management Console.',
    statements: [allow(['s3:*', 's3-object-lambda:*'])],
  },
  AmazonS3ReadOnlyAccess: {
    description: 'Provides read only access to all buckets via the AWS Management Console.',
    statements: [allow(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'])],
  },
  AmazonSSMFullAccess: {
    description: 'Provides full access to Amazon SSM.',
    statements: [
      allow([
        'cloudwatch:PutMetricData',
        'ds:CreateComputer',
        'ds:DescribeDirectories',
        'ec2:DescribeInstanceStatus',
        'logs:*',
        'ssm:*',
        'ec2messages:*',
      ]),
    ],
  },
  AmazonSSMReadOnlyAccess: {
    description: 'Provides read only access to Amazon SSM.',
    statements: [allow(['ssm:Describe*', 'ssm:Get*', 'ssm:List*'])],
  },
  AmazonSSMManagedInstanceCore: {
    description: 'The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.',
    statements: [
      allow([
        'ssm:DescribeAssociation',
        'ssm:GetDeployablePatchSnapshotForInstance',
        'ssm:GetDocument',
        'ssm:DescribeDocument',
        'ssm:GetManifest',
        'ssm:GetParameter',
        'ssm:GetParameters',
        'ssm:ListAssociations',
        'ssm:ListInstanceAssociations',
        'ssm:PutInventory',
        'ssm:PutComplianceItems',
        'ssm:PutConfigurePackageResult',
        'ssm:UpdateAssociationStatus',
        'ssm:UpdateInstanceAssociationStatus',
        'ssm:UpdateInstanceInformation',
      ]),
      allow([
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ]),
      allow([
        'ec2messages:AcknowledgeMessage',
        'ec2messages:DeleteMessage',
        'ec2messages:FailMessage',
        'ec2messages:GetEndpoint',
        'ec2messages:GetMessages',
        'ec2messages:SendReply',
      ]),
    ],
  },
  SecretsManagerReadWrite: {
    description: 'Provides read/write access to AWS Secrets Manager via the AWS Management Console.',
    statements: [
      allow([
        'secretsmanager:*',
        'cloudformation:CreateChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:DescribeStackResource',
        'cloudformation:DescribeStacks',
        'cloudformation:ExecuteChangeSet',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'kms:DescribeKey',
        'kms:ListAliases',
        'kms:ListKeys',
        'lambda:ListFunctions',
        'tag:GetResources',
      ]),
    ],
  },
  CloudWatchLogsFullAccess: {
    description: 'Provides full access to CloudWatch Logs',
    statements: [allow(['logs:*', 'cloudwatch:GenerateQuery'])],
  },
  CloudWatchLogsReadOnlyAccess: {
    description: 'Provides read only access to CloudWatch Logs',
    statements: [
      allow([
        'logs:Describe*',
        'logs:Get*',
        'logs:List*',
        'logs:StartQuery',
        'logs:StopQuery',
        'logs:TestMetricFilter',
        'logs:FilterLogEvents',
        'logs:StartLiveTail',
        'logs:StopLiveTail',
        'cloudwatch:GenerateQuery',
      ]),
    ],
  },
  CloudWatchAgentServerPolicy: {
    description: 'Permissions required to use AmazonCloudWatchAgent on servers',
    statements: [
      allow([
        'cloudwatch:PutMetricData',
        'ec2:DescribeVolumes',
        'ec2:DescribeTags',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
        'logs:DescribeLogStreams',
        'logs:DescribeLogGroups',
        'logs:CreateLogStream',
        'logs:CreateLogGroup',
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:GetSamplingStatisticSummaries',
      ]),
      allow('ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*'),
    ],
  },
  CloudWatchFullAccess: {
    description: 'Provides full access to CloudWatch.',
    statements: [
      allow([
        'autoscaling:Describe*',
        'cloudwatch:*',
        'logs:*',
        'sns:*',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:GetRole',
        'oam:ListSinks',
      ]),
      allow('iam:CreateServiceLinkedRole', all, { StringLike: { 'iam:AWSServiceName': 'events.amazonaws.com' } }),
    ],
  },
  AmazonElasticFileSystemClientFullAccess: {
    description: 'Provides root client access to an Amazon EFS file system',
    statements: [allow([...efsClient, 'elasticfilesystem:ClientRootAccess', 'elasticfilesystem:ClientWrite'])],
  },
  AmazonElasticFileSystemClientReadWriteAccess: {
    description: 'Provides read and write client access to an Amazon EFS file system',
    statements: [allow([...efsClient, 'elasticfilesystem:ClientWrite'])],
  },
  AmazonElasticFileSystemClientReadOnlyAccess: {
    description: 'Provides read only client access to an Amazon EFS file system',
    statements: [allow(efsClient)],
  },
  AmazonElasticFileSystemFullAccess: {
    description: 'Provides full access to Amazon EFS via the AWS Management Console.',
    statements: [
      allow([
        ...efsSurroundings,
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:ModifyNetworkInterfaceAttribute',
        'elasticfilesystem:Create*',
        'elasticfilesystem:Delete*',
        'elasticfilesystem:Describe*',
        'elasticfilesystem:List*',
        'elasticfilesystem:ModifyMountTargetSecurityGroups',
        'elasticfilesystem:Put*',
        'elasticfilesystem:Update*',
        'elasticfilesystem:TagResource',
        'elasticfilesystem:UntagResource',
        'elasticfilesystem:Backup',
        'elasticfilesystem:Restore',
        'elasticfilesystem:Replication*',
        'kms:DescribeKey',
      ]),
      allow('iam:CreateServiceLinkedRole', all, {
        StringEquals: { 'iam:AWSServiceName': 'elasticfilesystem.amazonaws.com' },
      }),
      allow('iam:PassRole', 'arn:aws:iam::*:role/*', passedTo('elasticfilesystem.amazonaws.com')),
    ],
  },
  AmazonElasticFileSystemReadOnlyAccess: {
    description: 'Provides read only access to Amazon EFS via the AWS Management Console.',
    statements: [
      allow([
        ...efsSurroundings,
        'elasticfilesystem:Describe*',
        'elasticfilesystem:ListTagsForResource',
        'elasticfilesystem:ReplicationRead',
      ]),
    ],
  },
  AmazonEC2FullAccess: {
    description: 'Provides full access to Amazon EC2 via the AWS Management Console.',
    statements: [
      allow(['ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*']),
      allow('iam:CreateServiceLinkedRole', all, {
        StringEquals: {
          'iam:AWSServiceName': [
            'autoscaling.amazonaws.com',
            'ec2scheduled.amazonaws.com',
            'elasticloadbalancing.amazonaws.com',
            'spot.amazonaws.com',
            'spotfleet.amazonaws.com',
            'transitgateway.amazonaws.com',
          ],
        },
      }),
    ],
  },
  AmazonEC2ReadOnlyAccess: {
    description: 'Provides read only access to Amazon EC2 via the AWS Management Console.',
    statements: [
      allow([
        'ec2:Describe*',
        'ec2:GetSecurityGroupsForVpc',
        'elasticloadbalancing:Describe*',
        'cloudwatch:ListMetrics',
        'cloudwatch:GetMetricStatistics',
        'cloudwatch:Describe*',
        'autoscaling:Describe*',
      ]),
    ],
  },
  // What follows is of services that are not here: roles of tasks have them, and are the same here as on AWS.
  AWSXRayDaemonWriteAccess: {
    description: 'Allow the AWS X-Ray Daemon to relay raw trace segments data to the service.',
    statements: [allow(xrayWrite)],
  },
  AWSXrayWriteOnlyAccess: { description: 'AWS X-Ray write only managed policy', statements: [allow(xrayWrite)] },
  AmazonPrometheusRemoteWriteAccess: {
    description: 'Grants write only access to AWS Managed Prometheus workspaces',
    statements: [allow('aps:RemoteWrite')],
  },
  AWSAppMeshEnvoyAccess: {
    description: 'App Mesh Envoy policy for accessing Virtual Node configuration.',
    statements: [allow('appmesh:StreamAggregatedResources')],
  },
  AWSMarketplaceMeteringFullAccess: {
    description: 'Provides full access to AWS Marketplace Metering.',
    statements: [allow('aws-marketplace:MeterUsage')],
  },
  AWSMarketplaceMeteringRegisterUsage: {
    description:
      'Provides permissions to register a resource and track usage through AWS Marketplace Metering Service.',
    statements: [allow('aws-marketplace:RegisterUsage')],
  },
  AWSCodeDeployRoleForECS: {
    description: 'Provides CodeDeploy service wide access to perform an ECS blue/green deployment on your behalf.',
    statements: [
      allow([
        'ecs:DescribeServices',
        'ecs:CreateTaskSet',
        'ecs:UpdateServicePrimaryTaskSet',
        'ecs:DeleteTaskSet',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:ModifyRule',
        'lambda:InvokeFunction',
        'cloudwatch:DescribeAlarms',
        'sns:Publish',
        's3:GetObject',
        's3:GetObjectVersion',
      ]),
      allow('iam:PassRole', all, passedTo('ecs-tasks.amazonaws.com')),
    ],
  },
  AWSCodeDeployRoleForECSLimited: {
    description: 'Provides CodeDeploy service limited access to perform an ECS blue/green deployment on your behalf.',
    statements: [
      allow([
        'ecs:DescribeServices',
        'ecs:CreateTaskSet',
        'ecs:UpdateServicePrimaryTaskSet',
        'ecs:DeleteTaskSet',
        'cloudwatch:DescribeAlarms',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:ModifyRule',
      ]),
      allow('sns:Publish', 'arn:aws:sns:*:*:CodeDeployTopic_*'),
      allow('lambda:InvokeFunction', 'arn:aws:lambda:*:*:function:CodeDeployHook_*'),
      allow(['s3:GetObject', 's3:GetObjectVersion'], all, {
        StringEquals: { 's3:ExistingObjectTag/UseWithCodeDeploy': 'true' },
      }),
      allow(
        'iam:PassRole',
        ['arn:aws:iam::*:role/ecsTaskExecutionRole', 'arn:aws:iam::*:role/ECSTaskExecution*'],
        passedTo('ecs-tasks.amazonaws.com'),
      ),
    ],
  },
  AmazonECSTaskExecutionRolePolicy: {
    path: serviceRole,
    description: 'Provides access to other AWS service resources that are required to run Amazon ECS tasks',
    statements: [allow([...ecrPull, 'logs:CreateLogStream', 'logs:PutLogEvents'])],
  },
  AmazonEC2ContainerServiceforEC2Role: {
    path: serviceRole,
    description: 'Default policy for the Amazon EC2 Role for Amazon EC2 Container Service.',
    statements: [
      allow([
        'ec2:DescribeTags',
        'ecs:CreateCluster',
        'ecs:DeregisterContainerInstance',
        'ecs:DiscoverPollEndpoint',
        'ecs:Poll',
        'ecs:RegisterContainerInstance',
        'ecs:StartTelemetrySession',
        'ecs:UpdateContainerInstancesState',
        'ecs:Submit*',
        ...ecrPull,
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ]),
      allow('ecs:TagResource', all, {
        StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'RegisterContainerInstance'] },
      }),
      allow('ecs:ListTagsForResource', ['arn:aws:ecs:*:*:task/*/*', 'arn:aws:ecs:*:*:container-instance/*/*']),
    ],
  },
  AmazonEC2ContainerServiceRole: {
    path: serviceRole,
    description: 'Default policy for Amazon ECS service role.',
    statements: [
      allow([
        'ec2:AuthorizeSecurityGroupIngress',
        'ec2:Describe*',
        'elasticloadbalancing:DeregisterInstancesFromLoadBalancer',
        'elasticloadbalancing:DeregisterTargets',
        'elasticloadbalancing:Describe*',
        'elasticloadbalancing:RegisterInstancesWithLoadBalancer',
        'elasticloadbalancing:RegisterTargets',
      ]),
    ],
  },
  AmazonEC2ContainerServiceAutoscaleRole: {
    path: serviceRole,
    description: 'Policy to enable Task Autoscaling for Amazon EC2 Container Service',
    statements: [
      allow(['ecs:DescribeServices', 'ecs:UpdateService', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm']),
    ],
  },
  AmazonEC2ContainerServiceEventsRole: {
    path: serviceRole,
    description: 'Policy to enable CloudWatch Events for EC2 Container Service',
    statements: [
      allow('ecs:RunTask'),
      allow('iam:PassRole', all, passedTo('ecs-tasks.amazonaws.com')),
      allow('ecs:TagResource', all, { StringEquals: { 'ecs:CreateAction': ['RunTask'] } }),
    ],
  },
  AmazonECSInfrastructureRolePolicyForVolumes: {
    path: serviceRole,
    description:
      'Provides access to other AWS service resources required to manage volumes associated with ECS workloads on your behalf.',
    statements: [
      allow('ec2:CreateVolume', 'arn:aws:ec2:*:*:volume/*', {
        ArnLike: { 'aws:RequestTag/AmazonECSCreated': 'arn:aws:ecs:*:*:task/*' },
        StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' },
      }),
      allow('ec2:CreateVolume', 'arn:aws:ec2:*:*:snapshot/*'),
      allow('ec2:CreateTags', 'arn:aws:ec2:*:*:volume/*', {
        ArnLike: { 'aws:RequestTag/AmazonECSCreated': 'arn:aws:ecs:*:*:task/*' },
        StringEquals: { 'ec2:CreateAction': 'CreateVolume', 'aws:RequestTag/AmazonECSManaged': 'true' },
      }),
      allow(['ec2:DescribeVolumes', 'ec2:DescribeAvailabilityZones']),
      allow(['ec2:AttachVolume', 'ec2:DetachVolume', 'ec2:DeleteVolume'], 'arn:aws:ec2:*:*:volume/*', {
        StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' },
      }),
      allow(['ec2:AttachVolume', 'ec2:DetachVolume'], 'arn:aws:ec2:*:*:instance/*'),
    ],
  },
  AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity: {
    path: serviceRole,
    description:
      'Provides administrative access to AWS Private Certificate Authority, Secrets Manager and other AWS Services required to manage ECS Service Connect TLS features on your behalf.',
    statements: [
      allow(
        ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
        'arn:aws:secretsmanager:*:*:secret:ecs-sc!*',
        {
          ArnLike: {
            'aws:RequestTag/AmazonECSCreated': ['arn:aws:ecs:*:*:service/*/*', 'arn:aws:ecs:*:*:task-set/*/*'],
          },
          StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true', 'aws:ResourceAccount': '${aws:PrincipalAccount}' },
        },
      ),
      allow(
        [
          'secretsmanager:DescribeSecret',
          'secretsmanager:UpdateSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:DeleteSecret',
          'secretsmanager:RotateSecret',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        'arn:aws:secretsmanager:*:*:secret:ecs-sc!*',
        {
          StringEquals: {
            'secretsmanager:ResourceTag/aws:secretsmanager:owningService': 'ecs-sc',
            'aws:ResourceAccount': '${aws:PrincipalAccount}',
          },
        },
      ),
      allow(
        [
          'acm-pca:GetCertificate',
          'acm-pca:GetCertificateAuthorityCertificate',
          'acm-pca:DescribeCertificateAuthority',
          'acm-pca:IssueCertificate',
        ],
        all,
        {
          StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' },
        },
      ),
    ],
  },
  AmazonECSInfrastructureRolePolicyForLoadBalancers: {
    description:
      'Provides access to other AWS service resources required to manage load balancers associated with ECS workloads on your behalf.',
    statements: [
      allow([
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ]),
      allow('elasticloadbalancing:ModifyListener', 'arn:aws:elasticloadbalancing:*:*:listener/*/*/*/*'),
      allow('elasticloadbalancing:ModifyRule', 'arn:aws:elasticloadbalancing:*:*:listener-rule/*/*/*/*/*'),
      allow(
        ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
        'arn:aws:elasticloadbalancing:*:*:targetgroup/*/*',
      ),
    ],
  },
  AmazonECSInfrastructureRolePolicyForManagedInstances: {
    description:
      'Provides access to other AWS service resources required to manage ECS managed instances on your behalf.',
    statements: [
      allow(['ec2:CreateLaunchTemplate', 'ec2:CreateFleet', 'ec2:RunInstances', 'ec2:CreateTags', 'ec2:Describe*']),
      allow('iam:PassRole', 'arn:aws:iam::*:role/ecsInstanceRole*', passedTo('ec2.amazonaws.com')),
    ],
  },
  AmazonECSInfrastructureRolePolicyForVpcLattice: {
    description: 'Provides access to other AWS service resources required to manage VPC Lattice for ECS workloads.',
    statements: [
      allow(
        [
          'vpc-lattice:RegisterTargets',
          'vpc-lattice:DeregisterTargets',
          'vpc-lattice:GetTargetGroup',
          'vpc-lattice:ListTargets',
        ],
        'arn:aws:vpc-lattice:*:*:targetgroup/*',
      ),
      allow(['ec2:DescribeSubnets', 'ec2:DescribeVpcs', 'ec2:DescribeInstances']),
    ],
  },
  AmazonECSInstanceRolePolicyForManagedInstances: {
    description: 'Allows the instances of ECS Managed Instances to register and to report.',
    statements: [
      allow('ecs:DiscoverPollEndpoint'),
      allow(
        ['ecs:RegisterContainerInstance', 'ecs:SubmitAttachmentStateChanges', 'ecs:SubmitTaskStateChange'],
        'arn:aws:ecs:*:*:cluster/*',
      ),
      allow(
        ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:PutSystemLogEvents'],
        'arn:aws:ecs:*:*:container-instance/*',
      ),
    ],
  },
  AmazonECSServiceRolePolicy: {
    path: linkedRole,
    description: 'Policy to enable Amazon ECS to manage your cluster.',
    statements: [
      allow([
        ...networkInterfaces,
        'ec2:CreateTags',
        'elasticloadbalancing:DeregisterInstancesFromLoadBalancer',
        'elasticloadbalancing:DeregisterTargets',
        'elasticloadbalancing:Describe*',
        'elasticloadbalancing:RegisterInstancesWithLoadBalancer',
        'elasticloadbalancing:RegisterTargets',
        'route53:ChangeResourceRecordSets',
        'route53:CreateHealthCheck',
        'route53:DeleteHealthCheck',
        'route53:Get*',
        'route53:List*',
        'route53:UpdateHealthCheck',
        'servicediscovery:DeregisterInstance',
        'servicediscovery:Get*',
        'servicediscovery:List*',
        'servicediscovery:RegisterInstance',
        'servicediscovery:UpdateInstanceCustomHealthStatus',
        'autoscaling:Describe*',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:DeleteAlarms',
        'cloudwatch:PutMetricAlarm',
        'logs:CreateLogGroup',
        'logs:DescribeLogGroups',
        'logs:PutRetentionPolicy',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'ssmmessages:OpenDataChannel',
      ]),
    ],
  },
  AWSApplicationAutoscalingECSServicePolicy: {
    path: linkedRole,
    description:
      'Policy granting permissions to Application Auto Scaling to access ECS services and CloudWatch alarms.',
    statements: [
      allow([
        'ecs:DescribeServices',
        'ecs:UpdateService',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:DeleteAlarms',
      ]),
    ],
  },
  AutoScalingServiceRolePolicy: {
    path: linkedRole,
    description: 'Default policy to enable access to AWS services and resources used or managed by Auto Scaling',
    statements: [
      allow(['ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*Alarm*', 'iam:PassRole', 'iam:CreateServiceLinkedRole']),
    ],
  },
};

const byArn: ReadonlyMap<string, AwsManagedPolicy> = new Map(
  Object.entries(written)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { path = '/', description, statements }]) => {
      const arn = `arn:aws:iam::aws:policy${path}${name}`;
      const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      return [arn, { arn, name, path, id: policyId(name), description, document }];
    }),
);

/** AWS's own ids are not ours to copy; these have their form, follow from the name, and stay what they are when others come. */
function policyId(name: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const digits = Array.from({ length: 17 }, (_, at) => letters.charAt(hashOf(`${at}${name}`) % letters.length));
  return `ANPA${digits.join('')}`;
}

/** FNV-1a of 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export function findAwsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  return byArn.get(arn);
}

/** In the order of their names. */
export function awsManagedPolicies(): Iterable<AwsManagedPolicy> {
  return byArn.values();
}
