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
  /** Records that one round of a reaper removes: a transaction writes 120 at most. */
  removalsPerRound: 100,
  /** The smallest memory a container can ask for: Docker takes no less. */
  containerMemoryMiB: 6,
} as const;
