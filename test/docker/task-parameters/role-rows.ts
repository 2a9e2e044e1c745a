/** A role that is made before the rows run, for the tasks of ECS to assume. */
export const tableRole = { name: 'table', arn: 'arn:aws:iam::000000000000:role/table' } as const;
