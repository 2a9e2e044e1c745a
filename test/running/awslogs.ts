/** For a container called `app`: its output goes to a log group that is made for it. */
export function awslogs(group: string, prefix: string) {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': group,
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': prefix,
      'awslogs-create-group': 'true',
    },
  } as const;
}

/** The log stream of that container in a task. */
export function logStreamOf(prefix: string, taskArn: string): string {
  return `${prefix}/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
}
