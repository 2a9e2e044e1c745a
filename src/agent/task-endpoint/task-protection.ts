import type { HttpRequest, HttpResponse } from '../../world/net.ts';
import type { Backend, RoleCredentials } from '../contract.ts';
import type { TaskRecord } from '../state.ts';
import { json } from './answers.ts';

const bodyLimitBytes = 64 * 1024;

/**
 * GET and PUT /api/<id>/task-protection/v1/state: a task asks ECS, with its own role, not to be stopped by its service.
 * The answers are the stock agent's: `protection`, or `failure`, or `requestID` and `error`.
 */
export async function answerTaskProtection(
  request: HttpRequest,
  task: TaskRecord,
  parts: { readonly backend: Backend; readonly find: (credentialsId: string) => RoleCredentials | undefined },
): Promise<HttpResponse> {
  if (request.method !== 'GET' && request.method !== 'PUT') return json(405, {});
  const asked = request.method === 'PUT' ? await readProtection(request) : undefined;
  if (typeof asked === 'string') return failed(400, task.arn, 'InvalidParameterException', asked);
  const id = task.credentialsIds?.task;
  const credentials = id === undefined ? undefined : parts.find(id);
  if (!credentials)
    return failed(
      403,
      task.arn,
      'AccessDeniedException',
      'Invalid Request: no task IAM role credentials available for task',
    );
  const where = { cluster: task.payload.taskClusterArn, tasks: [task.arn] };
  try {
    const answer = asked
      ? await parts.backend.call('ecs', 'UpdateTaskProtection', { ...where, ...asked }, credentials)
      : await parts.backend.call('ecs', 'GetTaskProtection', where, credentials);
    const failure = objectIn(answer['failures']);
    if (failure) return json(200, { failure: renamed(failure, failureNames) });
    const protection = objectIn(answer['protectedTasks']);
    return json(200, { protection: renamed(protection ?? {}, protectionNames) });
  } catch (error) {
    const { code, message, status } = readError(error);
    return failed(status, task.arn, code, message);
  }
}

interface AskedProtection {
  readonly protectionEnabled: boolean;
  readonly expiresInMinutes?: number;
}

/** What the body asks for, or what is wrong with it. Unknown members are refused, so that a typing error is noticed. */
async function readProtection(request: HttpRequest): Promise<AskedProtection | string> {
  const body = await request.body.read(bodyLimitBytes);
  if (!body) return 'UpdateTaskProtection: the request body is too long';
  const value = parse(new TextDecoder().decode(body));
  if (!value) return 'UpdateTaskProtection: failed to decode request';
  const { ProtectionEnabled: enabled, ExpiresInMinutes: minutes, ...unknown } = value;
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `UpdateTaskProtection: failed to decode request: unknown field "${name}"`;
  if (typeof enabled !== 'boolean') return 'Invalid request: does not contain ProtectionEnabled field';
  if (minutes === undefined || minutes === null) return { protectionEnabled: enabled };
  if (typeof minutes !== 'number' || !Number.isInteger(minutes)) {
    return 'UpdateTaskProtection: failed to decode request: ExpiresInMinutes is not a whole number';
  }
  return { protectionEnabled: enabled, expiresInMinutes: minutes };
}

const protectionNames = {
  protectionEnabled: 'ProtectionEnabled',
  expirationDate: 'ExpirationDate',
  taskArn: 'TaskArn',
} as const;
const failureNames = { arn: 'Arn', reason: 'Reason', detail: 'Detail' } as const;

function renamed(from: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, shown]) => {
      const value = from[name];
      if (value === undefined) return [];
      const isTime = name === 'expirationDate' && typeof value === 'number';
      return [[shown, isTime ? new Date(value * 1000).toISOString() : value]];
    }),
  );
}

function failed(status: number, arn: string, code: string, message: string): HttpResponse {
  return json(status, { error: { Arn: arn, Code: code, Message: message } });
}

function readError(error: unknown): { readonly code: string; readonly message: string; readonly status: number } {
  const { code, message, status } = { ...asObject(error) };
  const isAws = typeof code === 'string' && typeof status === 'number';
  return {
    code: isAws ? code : 'ServerException',
    message: error instanceof Error ? error.message : String(message ?? error),
    status: isAws && status >= 400 && status < 500 ? status : 500,
  };
}

function objectIn(list: unknown): Readonly<Record<string, unknown>> | undefined {
  return Array.isArray(list) ? asObject(list[0]) : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // not JSON: the caller says so
  }
}
