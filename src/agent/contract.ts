/**
 * What crosses between a container agent and the control plane: the ECS agent protocol, as amazon-ecs-agent speaks it
 * (protocol version 2). Field names are the wire's. Members under `longshore` are ours; the stock agent ignores them.
 */
import type { Socket } from '../world/net.ts';

/** A frame of either websocket, both directions. */
export interface Frame<Type extends string = string, Message = unknown> {
  readonly type: Type;
  readonly message: Message;
}

// --- ACS, control plane to agent ----------------------------------------------------------------------------------

export interface HeartbeatMessage {
  readonly messageId: string;
  readonly healthy: boolean;
}

export interface PayloadMessage {
  readonly messageId: string;
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
  readonly tasks: readonly PayloadTask[];
  /** Milliseconds. */
  readonly generatedAt: number;
  /** Strictly increasing per container instance, over payloads and manifests. */
  readonly seqNum: number;
}

export interface TaskManifestMessage {
  readonly messageId: string;
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
  readonly tasks: readonly {
    readonly taskArn: string;
    readonly taskClusterArn: string;
    readonly desiredStatus: DesiredStatus;
  }[];
  readonly generatedAt: number;
  /** The sequence number; the agent drops a manifest whose timeline is not above the highest it has seen. */
  readonly timeline: number;
}

export interface TaskStopVerificationAck {
  readonly messageId: string;
  readonly generatedAt: number;
  readonly stopTasks: readonly {
    readonly taskArn: string;
    readonly taskClusterArn: string;
    readonly desiredStatus: 'STOPPED';
  }[];
}

export interface IamRoleCredentialsMessage {
  readonly messageId: string;
  readonly taskArn: string;
  readonly taskClusterArn: string;
  readonly roleType: 'TaskApplication' | 'TaskExecution';
  readonly roleCredentials: RoleCredentials;
}

export interface RoleCredentials {
  /** One for the task's whole life, also when they are renewed: it is part of what its containers are told at creation. */
  readonly credentialsId: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
}

/**
 * Ours: what the security groups of this instance's tasks allow. It comes before the payload of a task that needs it, and
 * again whenever something of it changes. Each adds to the one before, so it comes again until it is acknowledged by an
 * AckRequest, and the next one only then.
 */
export interface SecurityGroupsMessage {
  readonly messageId: string;
  /** Counted from 1 in each session. With 1, whatever was known before is to be forgotten. */
  readonly sequence: number;
  /** The groups whose rules are new or other than before, with all their rules. */
  readonly groups: readonly SecurityGroup[];
  /** Who came to the groups that rules name as peers, and who left them: private IPv4 addresses. */
  readonly members: readonly {
    readonly groupId: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  }[];
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
}

/** What may pass. IPv6 peers are not among them: tasks have IPv4 addresses alone. */
export interface SecurityGroupRule {
  /** IANA's number, -1 for any. */
  readonly protocol: number;
  /** First and last port of TCP and UDP; type and code of ICMP, -1 for any. Absent with other protocols. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: { readonly cidr: string } | { readonly groupId: string };
}

/**
 * Ours: network interfaces that tasks of this instance may be given, so that their networks can be made beforehand. Each
 * message holds all of them. One that was given to a task is left out only behind the payload of that task.
 */
export interface ReadyInterfacesMessage {
  readonly messageId: string;
  readonly interfaces: readonly ReadyInterface[];
}

export interface ReadyInterface {
  readonly privateIpv4Address: string;
  readonly macAddress: string;
  readonly privateDnsName: string;
  readonly subnet: { readonly cidrBlock: string; readonly gateway: string; readonly vpcCidrBlock?: string };
}

export type DesiredStatus = 'RUNNING' | 'STOPPED';

/** One task as the agent is to run it. With desiredStatus STOPPED the containers may be left out. */
export interface PayloadTask {
  readonly arn: string;
  readonly taskClusterArn: string;
  readonly family: string;
  readonly version: string;
  readonly desiredStatus: DesiredStatus;
  readonly containers: readonly PayloadContainer[];
  readonly volumes: readonly PayloadVolume[];
  /** In vCPUs, such as 0.25; absent when the task has no limit of its own. */
  readonly cpu?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly networkMode?: 'bridge' | 'host' | 'awsvpc' | 'none';
  readonly launchType?: string;
  readonly pidMode?: string;
  readonly ipcMode?: string;
  readonly group?: string;
  readonly serviceName?: string;
  readonly roleCredentials?: RoleCredentials;
  readonly executionRoleCredentials?: RoleCredentials;
  readonly elasticNetworkInterfaces?: readonly PayloadNetworkInterface[];
  /** Devices of the host that containers are given: of type `gpu`, by id. */
  readonly associations?: readonly {
    readonly name: string;
    readonly type: string;
    readonly containers: readonly string[];
    readonly content?: { readonly encoding: string; readonly value: string };
  }[];
  readonly enableFaultInjection?: boolean;
  readonly zone?: string;
  /** What our own agent needs beyond the protocol. */
  readonly longshore?: LongshoreTask;
}

export interface LongshoreTask {
  /** The awslogs containers, by name: our agent ships their output as the options in their engine settings say. */
  readonly logs: readonly string[];
  /** The subnet of the task's network interface, as the network the agent makes for it. */
  readonly subnet?: {
    readonly subnetId: string;
    readonly cidrBlock: string;
    readonly gateway: string;
    readonly vpcId?: string;
    readonly vpcCidrBlock?: string;
  };
  /** The security groups of the task's network interface. */
  readonly securityGroupIds?: readonly string[];
  /** Of the zone that the task runs in, `use1-az1`. */
  readonly zoneId?: string;
  /** Of a Fargate task. */
  readonly ephemeralStorageGiB?: number;
  /** `none`: the containers are not told where this AWS is; by default AWS_ENDPOINT_URL says it. */
  readonly endpoint?: 'none';
}

export interface PayloadContainer {
  readonly name: string;
  readonly image: string;
  readonly containerArn: string;
  /** In CPU units, 1024 to a vCPU; 0 when unset. */
  readonly cpu: number;
  /** In MiB, 0 for none. */
  readonly memory: number;
  readonly essential: boolean;
  readonly command: readonly string[];
  readonly entryPoint?: readonly string[];
  /** Already merged with the overrides. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARNs of objects in S3, which the agent reads with the task's execution role before the container is created. */
  readonly environmentFiles?: readonly { readonly value: string; readonly type: 's3' }[];
  readonly links: readonly string[];
  readonly portMappings: readonly PayloadPortMapping[];
  readonly mountPoints: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
    readonly readOnly: boolean;
  }[];
  readonly volumesFrom: readonly { readonly sourceContainer: string; readonly readOnly: boolean }[];
  /** Engine settings in Docker's spelling, as JSON text, laid over what the agent derives from the typed fields. */
  readonly dockerConfig: { readonly version: string; readonly config: string; readonly hostConfig: string };
  readonly healthCheckType?: 'docker';
  readonly dependsOn: readonly {
    readonly containerName: string;
    readonly condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';
  }[];
  /** Seconds. */
  readonly startTimeout?: number;
  readonly stopTimeout?: number;
  readonly restartPolicy?: {
    readonly enabled: boolean;
    readonly ignoredExitCodes: readonly number[];
    readonly restartAttemptPeriod: number;
  };
  readonly logsAuthStrategy?: 'ExecutionRole';
  readonly secrets?: readonly PayloadSecret[];
  /** Where the image's registry wants a name and a password: the secret that holds them. */
  readonly registryAuthentication?:
    | {
        readonly type: 'asm';
        readonly asmAuthData: { readonly credentialsParameter: string; readonly region: string };
      }
    /** Told to stock agents only: ours knows the registry. */
    | {
        readonly type: 'ecr';
        readonly ecrAuthData: {
          readonly registryId: string;
          readonly region: string;
          readonly endpointOverride: string;
          readonly useExecutionRole: boolean;
        };
      };
  /** On the container that routes the logs of others. */
  readonly firelensConfiguration?: {
    readonly type: 'fluentd' | 'fluentbit';
    readonly options?: Readonly<Record<string, string>>;
  };
}

/** A value that the agent fetches with the task's execution role before the container is created. */
export interface PayloadSecret {
  readonly name: string;
  /** A parameter's name or ARN, or a secret's ARN with what may follow it. */
  readonly valueFrom: string;
  readonly region: string;
  readonly provider: 'ssm' | 'asm';
  readonly type: 'ENVIRONMENT_VARIABLE' | 'BOOTSTRAP';
  readonly target: 'CONTAINER' | 'LOG_DRIVER';
}

export interface PayloadPortMapping {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly containerPortRange?: string;
  readonly protocol: 'tcp' | 'udp';
}

export interface PayloadVolume {
  readonly name: string;
  readonly type: 'host' | 'docker' | 'efs' | 'ebs';
  readonly host?: { readonly sourcePath?: string };
  readonly dockerVolumeConfiguration?: {
    readonly scope: 'task' | 'shared';
    readonly autoprovision: boolean;
    readonly driver: string;
    readonly driverOpts: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly efsVolumeConfiguration?: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    readonly transitEncryption?: string;
    readonly transitEncryptionPort?: number;
    readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string };
  };
  /** What our own agent mounts for it. */
  readonly efs?: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    /** Absent where there is no such file system, or no such access point to it. */
    readonly mount?: {
      /** On the control plane's machine: holds `data` and a file `file-system-id`. */
      readonly directory: string;
      readonly accessPoint?: {
        readonly accessPointId: string;
        readonly path: string;
        readonly creation?: { readonly userId: number; readonly groupId: number; readonly permissions: string };
        /** In whose name all is done through it, whoever the container runs as. */
        readonly user?: {
          readonly userId: number;
          readonly groupId: number;
          readonly secondaryGroupIds: readonly number[];
        };
      };
    };
  };
  /** A new, empty volume of the task's own, for our own agent. */
  readonly ebs?: {
    readonly volumeId: string;
    readonly sizeGiB: number;
    /** ext3, ext4 or xfs; the best that the host has where absent. */
    readonly filesystemType?: string;
    readonly deleteOnTermination: boolean;
  };
}

export interface PayloadNetworkInterface {
  readonly attachmentArn: string;
  readonly ec2Id: string;
  readonly macAddress: string;
  readonly ipv4Addresses: readonly { readonly privateAddress: string; readonly primary: boolean }[];
  /** Address and prefix length, such as 172.31.0.1/20. */
  readonly subnetGatewayIpv4Address: string;
  readonly privateDnsName: string;
  readonly domainNameServers: readonly string[];
  readonly index: number;
  readonly interfaceAssociationProtocol: 'default';
}

// --- ACS, agent to control plane ----------------------------------------------------------------------------------

export interface AckRequest {
  readonly cluster: string;
  readonly containerInstance: string;
  readonly messageId: string;
}

export interface HeartbeatAckRequest {
  readonly messageId: string;
}

export interface TaskStopVerificationMessage {
  readonly messageId: string;
  readonly stopCandidates: readonly {
    readonly taskArn: string;
    readonly taskClusterArn: string;
    readonly desiredStatus: 'STOPPED';
  }[];
}

// --- TCS, agent to control plane ----------------------------------------------------------------------------------

export interface StatsSet {
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
  readonly sum: number;
}

export interface PublishMetricsRequest {
  readonly metadata: {
    readonly cluster: string;
    readonly containerInstance: string;
    readonly messageId: string;
    readonly idle: boolean;
    readonly fin: boolean;
  };
  readonly taskMetrics: readonly TaskMetrics[];
  /** Epoch seconds. */
  readonly timestamp: number;
}

export interface TaskMetrics {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly taskDefinitionFamily: string;
  readonly taskDefinitionVersion: string;
  readonly containerMetrics: readonly {
    readonly containerArn: string;
    readonly containerName: string;
    /** 100 is one full core. */
    readonly cpuStatsSet?: StatsSet;
    /** MiB. */
    readonly memoryStatsSet?: StatsSet;
  }[];
}

export interface PublishHealthRequest {
  readonly metadata: {
    readonly cluster: string;
    readonly containerInstance: string;
    readonly messageId: string;
    readonly fin: boolean;
  };
  readonly tasks: readonly {
    readonly taskArn: string;
    readonly clusterArn: string;
    readonly taskDefinitionFamily: string;
    readonly taskDefinitionVersion: string;
    readonly containers: readonly {
      readonly containerName: string;
      readonly healthStatus: HealthStatus;
      readonly statusSince: number;
    }[];
  }[];
  readonly timestamp: number;
}

export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

// --- the agent's way to the control plane -------------------------------------------------------------------------

/**
 * Calls and sockets signed with the agent's keys. app/compose.ts joins it to aws/client.ts.
 */
export interface Backend {
  readonly region: string;
  /**
   * One AWS call, with the agent's own keys or a role's, in `region` or another that the service serves. Rejects with an
   * error whose `code` is AWS's error name, or with NetError.
   */
  call(
    service: BackendService,
    operation: string,
    input: object,
    as?: RoleCredentials,
    region?: string,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Opens a signed websocket. */
  openSocket(url: string): Promise<Socket>;
  /** The signed pseudo-HTTP header block that goes before each TCS frame, ending in an empty line. */
  signFrame(url: string, body: string): string;
}

export type BackendService = 'ecs' | 'logs' | 'ssm' | 'secretsmanager' | 'ecr';

/** The agent's way to S3, with a role's keys. app/host-agent.ts joins it to aws/client.ts. */
export interface ObjectReader {
  /** All bytes of an object. Rejects as Backend.call does. */
  getObject(bucket: string, key: string, as: RoleCredentials): Promise<Uint8Array>;
}

/** Attribute by which our agent inside `longshore up` says that it serves the Fargate pool of every cluster. */
export const fargatePoolAttribute = 'longshore.fargate-pool';

/** What our own agent gives as `agentHash` when it opens its session: by it the control plane knows the members under `longshore`. */
export const longshoreAgentHash = 'longshore';

/** How our own agent says how many ready interfaces it wants to be told of, when it opens its session. */
export const readyInterfacesParameter = 'longshoreReadyInterfaces';
