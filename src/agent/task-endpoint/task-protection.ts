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
  if (asked === 'unreadable') {
    return failed(400, undefined, 'InvalidParameterException', 'UpdateTaskProtection: failed to decode request');
  }
  if (asked === 'silent') {
    const message = "Invalid request: does not contain 'ProtectionEnabled' field";
    return failed(400, task.arn, 'InvalidParameterException', message);
  }
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
    const { code, message, status, requestId } = readError(error);
    return failed(status, task.arn, code, message, requestId);
  }
}

interface AskedProtection {
  readonly protectionEnabled: boolean;
  readonly expiresInMinutes?: number;
}

/**
 * What the body asks for, or what is wrong with it: it is none, or says nothing of protection. Unknown members make it
 * unreadable, so that a typing error is noticed.
 */
async function readProtection(request: HttpRequest): Promise<AskedProtection | 'unreadable' | 'silent'> {
  const body = await request.body.read(bodyLimitBytes);
  const value = body && parse(new TextDecoder().decode(body));
  if (!value) return 'unreadable';
  const { ProtectionEnabled: enabled, ExpiresInMinutes: minutes, ...unknown } = value;
  if (Object.keys(unknown).length > 0) return 'unreadable';
  if (enabled !== undefined && enabled !== null && typeof enabled !== 'boolean') return 'unreadable';
  if (minutes !== undefined && minutes !== null && !Number.isInteger(minutes)) return 'unreadable';
  if (typeof enabled !== 'boolean') return 'silent';
  return { protectionEnabled: enabled, ...(typeof minutes === 'number' && { expiresInMinutes: minutes }) };
}

/** The stock agent's answer to an id that is no task's. */
export function unknownTask(): HttpResponse {
  return failed(404, undefined, 'ResourceNotFoundException', 'Failed to find a task for the request');
}

const protectionNames = {
  protectionEnabled: 'ProtectionEnabled',
  expirationDate: 'ExpirationDate',
  taskArn: 'TaskArn',
} as const;
const failureNames = { arn: 'Arn', reason: 'Reason', detail: 'Detail' } as const;

/** Every member is there, as Go writes a structure: what is not known is null. */
function renamed(from: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(names).map(([name, shown]) => {
      const value = from[name] ?? null;
      const isTime = name === 'expirationDate' && typeof value === 'number';
      return [shown, isTime ? new Date(value * 1000).toISOString() : value];
    }),
  );
}

function failed(
  status: number,
  arn: string | undefined,
  code: string,
  message: string,
  requestId?: string,
): HttpResponse {
  return json(status, {
    ...(requestId !== undefined && { requestID: requestId }),
    error: { ...(arn !== undefined && { Arn: arn }), Code: code, Message: message },
  });
}

interface ReadError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly requestId?: string;
}

function readError(error: unknown): ReadError {
  const { code, message, status, requestId } = { ...asObject(error) };
  const isAws = typeof code === 'string' && typeof status === 'number';
  return {
    code: isAws ? code : 'ServerException',
    message: error instanceof Error ? error.message : String(message ?? error),
    status: isAws && status >= 400 ? status : 500,
    ...(typeof requestId === 'string' && { requestId }),
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
