/** Every limit of the operations in this folder, AWS's own number where AWS publishes one. */
export const limits = {
  /** Page sizes: [largest, default]. */
  page: { max: 100, default: 100 },
  accountSettingsPage: { max: 10, default: 10 },
  clustersPerScope: 10_000,
  describedClusters: 100,
  /** How long a deleted cluster can be described: AWS says for some time. */
  deletedClusterMs: 24 * 60 * 60 * 1000,
  deletedTaskDefinitions: 10,
  attributesPerCall: 10,
  customAttributesPerInstance: 10,
  tagsPerResource: 50,
  tagKey: 128,
  tagValue: 256,
  capacityProvidersPerCluster: 20,
  describedCapacityProviders: 100,
  capacityProvidersPage: { max: 10, default: 10 },
  strategyItems: 20,
  strategyWeight: { min: 0, max: 1000 },
  strategyBase: { min: 0, max: 100_000 },
  /** JSON text of a whole definition. */
  taskDefinitionBytes: 64 * 1024,
  revisionsPerFamily: 1_000_000,
  containersPerTaskDefinition: 10,
  placementConstraints: 10,
  portRangesPerContainer: 100,
  environmentFiles: 10,
  ignoredExitCodes: 50,
  credentialSpecs: 1,
  port: { min: 1, max: 65_535 },
  hostPort: { min: 0, max: 65_535 },
  healthCheckIntervalSeconds: { min: 5, max: 300 },
  healthCheckTimeoutSeconds: { min: 2, max: 60 },
  healthCheckRetries: { min: 1, max: 10 },
  healthCheckStartPeriodSeconds: { min: 0, max: 300 },
  restartAttemptPeriodSeconds: { min: 60, max: 1800 },
  fargateStartStopTimeoutSeconds: { min: 2, max: 120 },
  swappiness: { min: 0, max: 100 },
  taskCpuUnits: { min: 128, max: 196_608 },
  ephemeralStorageGiB: { min: 21, max: 200 },
  servicesPerCluster: 5_000,
  tasksPerService: 5_000,
  describedServices: 10,
  servicesPage: { max: 100, default: 10 },
  serviceDeploymentsPage: { max: 100, default: 20 },
  describedServiceDeployments: 20,
  describedServiceRevisions: 20,
  eventsPerService: 100,
  /** How long a service's newest message is not repeated. */
  repeatedEventMs: 6 * 60 * 60 * 1000,
  /** The history of a service: AWS keeps 90 days of it. */
  serviceDeploymentsPerService: 100,
  /** How long a deleted service can be described: AWS says for some time. */
  inactiveServiceMs: 24 * 60 * 60 * 1000,
  healthCheckGracePeriodSeconds: { min: 0, max: 2_147_483_647 },
  minimumHealthyPercent: { min: 0, max: 100 },
  /** AWS names no largest value; this one lets a million tasks replace one. */
  maximumPercent: { min: 1, max: 100_000_000 },
  earlySuccessPercent: { min: 0, max: 100 },
  breakerPercent: { min: 1, max: 100 },
  breakerCount: { min: 1, max: 1_000_000 },
  deploymentAlarms: 100,
  linearStepPercent: { min: 3, max: 100 },
  canaryPercent: { min: 0.1, max: 100 },
  bakeTimeMinutes: { min: 0, max: 1440 },
  hookTimeoutMinutes: { min: 1, max: 20_160 },
  /** Of each kind: pauses and calls out. */
  lifecycleHooks: 10,
  protectedTasks: { get: 100, update: 10 },
  protectionMinutes: { min: 1, max: 2880, default: 120 },
  /** How long after RUNNING a task without a health check counts as healthy: AWS's own 40 seconds. */
  healthyAfterMs: 40_000,
  /** How often tasks are tried again that found no place, where nothing tells that room has come. */
  unplacedRetryMs: 15_000,
  /** Tasks that one step of a service starts and stops: with its other records a transaction holds no more. */
  tasksPerServiceStep: 64,
  /** Failed launches of the source of a deployment in stages that one step counts. */
  failedSourcesPerStep: 8,
  /** Bytes of these tasks: a transaction takes 1 MiB. */
  taskBytesPerServiceStep: 600_000,
  tasksPerRun: 10,
  instancesPerStart: 10,
  instancesPerStateUpdate: 10,
  stopReasonCharacters: 1024,
  describedTasks: 100,
  /** A run that cannot be placed names each instance it looked at: an answer holds no more reasons than this. */
  failuresPerRun: 100,
  placementStrategies: 5,
  /** JSON text of a request's overrides. */
  overridesCharacters: 8192,
  subnetsPerTask: 16,
  securityGroupsPerTask: 5,
  groupCharacters: 255,
  startedByCharacters: 128,
  clientTokenCharacters: 64,
  /** How long stopped tasks stay visible: AWS promises an hour at least. */
  stoppedTaskMs: 60 * 60 * 1000,
  /** The same for instances that were deregistered. */
  deregisteredInstanceMs: 60 * 60 * 1000,
  clientTokenMs: 24 * 60 * 60 * 1000,
  /** How long the credentials of a task's roles last; a quarter before their end the agent is given others. */
  taskCredentialsMs: 6 * 60 * 60 * 1000,
  /** Records that one round of a reaper removes: a transaction writes 120 at most. */
  removalsPerRound: 100,
  /**
   * Ours: transactions whose events for EventBridge wait for their delivery, two KiB each event. Beyond it the oldest
   * are dropped, when there are enough of them for a round.
   */
  outboxRecords: 512,
  /** The smallest memory a container can ask for: Docker takes no less. */
  containerMemoryMiB: 6,
  /** How long a stage of a deployment may last, and each step of a traffic shift. */
  deploymentStageMs: 24 * 60 * 60 * 1000,
  hookTimeoutDefaultMinutes: 24 * 60,
  taskSetsPerService: 5,
} as const;
