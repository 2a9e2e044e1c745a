import { invalidParameter } from '../../errors.ts';
import { limits } from '../limits.ts';

/** A lifecycle policy as it is evaluated, its rules in the order of their priorities. */
export interface LifecyclePolicy {
  readonly rules: readonly LifecycleRule[];
}

export interface LifecycleRule {
  readonly priority: number;
  readonly tagStatus: 'tagged' | 'untagged' | 'any';
  /** All of these must be the beginning of some tag of the image. */
  readonly tagPrefixes: readonly string[];
  /** All of these, in which `*` stands for any text, must match some tag of the image. */
  readonly tagPatterns: readonly string[];
  readonly countType: CountType;
  readonly countNumber: number;
  readonly storageClass: 'standard' | 'archive';
  readonly action: 'EXPIRE' | 'TRANSITION';
}

export type CountType = (typeof countTypes)[number];

const countTypes = ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'] as const;
const tagStatuses = ['tagged', 'untagged', 'any'] as const;

/** Reads a policy's text. Throws InvalidParameterException in AWS's words, which are those of its schema checker. */
export function readLifecyclePolicy(text: string): LifecyclePolicy {
  if (text.length < 100 && text.trim() === '') throw invalid('Could not map policyString into LifecyclePolicy.');
  if (text.length > limits.lifecyclePolicyBytes) {
    throw invalidParameter(
      `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'must have length less than or equal to ${limits.lifecyclePolicyBytes}'`,
    );
  }
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalid('Could not map policyString into LifecyclePolicy.');
  }
  if (!isObject(policy)) throw invalid('Could not map policyString into LifecyclePolicy.');
  requireMembers(policy, ['rules']);
  refuseOthers(policy, ['rules']);
  const { rules } = policy;
  if (!Array.isArray(rules)) throw wrongType(rules, 'array');
  if (rules.length === 0)
    throw invalid('array is too short: must have at least 1 elements but instance has 0 elements');
  if (rules.length > limits.lifecycleRules) {
    throw invalid(
      `array is too long: must have at most ${limits.lifecycleRules} elements but instance has ${rules.length} elements`,
    );
  }
  const read = rules.map(readRule).toSorted((a, b) => a.priority - b.priority);
  checkTogether(read);
  return { rules: read };
}

function readRule(rule: unknown): LifecycleRule {
  if (!isObject(rule)) throw wrongType(rule, 'object');
  requireMembers(rule, ['action', 'rulePriority', 'selection']);
  refuseOthers(rule, ['action', 'description', 'rulePriority', 'selection']);
  const { rulePriority, description, selection, action } = rule;
  if (description !== undefined && typeof description !== 'string') throw wrongType(description, 'string');
  if (!isObject(selection)) throw wrongType(selection, 'object');
  return { priority: count(rulePriority), ...readSelection(selection, readAction(action)) };
}

function readAction(action: unknown): LifecycleRule['action'] {
  if (!isObject(action)) throw wrongType(action, 'object');
  requireMembers(action, ['type']);
  refuseOthers(action, ['targetStorageClass', 'type']);
  const type = oneOf(action['type'], ['expire', 'transition'] as const);
  if (type === 'expire') {
    if ('targetStorageClass' in action) throw notOneSchema();
    return 'EXPIRE';
  }
  if (!('targetStorageClass' in action)) throw notOneSchema();
  oneOf(action['targetStorageClass'], ['archive'] as const);
  return 'TRANSITION';
}

function readSelection(
  selection: Readonly<Record<string, unknown>>,
  action: LifecycleRule['action'],
): Omit<LifecycleRule, 'priority'> {
  requireMembers(selection, ['countNumber', 'countType', 'tagStatus']);
  refuseOthers(selection, [
    'countNumber',
    'countType',
    'countUnit',
    'storageClass',
    'tagPatternList',
    'tagPrefixList',
    'tagStatus',
  ]);
  const tagStatus = oneOf(selection['tagStatus'], tagStatuses);
  const countType = oneOf(selection['countType'], countTypes);
  if ((countType === 'imageCountMoreThan') === 'countUnit' in selection) throw notOneSchema();
  if ('countUnit' in selection) oneOf(selection['countUnit'], ['days'] as const);
  const tagPrefixes = texts(selection['tagPrefixList']);
  const tagPatterns = texts(selection['tagPatternList']);
  const storageClass =
    selection['storageClass'] === undefined
      ? countType === 'sinceImageTransitioned'
        ? 'archive'
        : 'standard'
      : oneOf(selection['storageClass'], ['standard', 'archive'] as const);
  checkTags(tagStatus, tagPrefixes, tagPatterns);
  checkStorage(action, countType, storageClass, count(selection['countNumber']));
  return {
    tagStatus,
    tagPrefixes: tagPrefixes ?? [],
    tagPatterns: tagPatterns ?? [],
    countType,
    countNumber: count(selection['countNumber']),
    storageClass,
    action,
  };
}

function checkTags(
  tagStatus: LifecycleRule['tagStatus'],
  prefixes: readonly string[] | undefined,
  patterns: readonly string[] | undefined,
): void {
  if (prefixes && patterns) throw invalid('tagPrefixList and tagPatternList cannot both be specified.');
  if (tagStatus === 'tagged' && !prefixes?.length && !patterns?.length) {
    throw invalid('Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.');
  }
  if (tagStatus !== 'tagged' && (prefixes || patterns)) {
    const list = prefixes ? 'tagPrefixList' : 'tagPatternList';
    throw invalid(`Cannot specify ${list} when tagStatus=${tagStatus.toUpperCase()}.`);
  }
  const crowded = patterns?.find((pattern) => pattern.split('*').length > 5);
  if (crowded !== undefined) throw invalid(`A tag pattern has at most four wildcards: '${crowded.slice(0, 130)}'`);
}

function checkStorage(
  action: LifecycleRule['action'],
  countType: CountType,
  storageClass: LifecycleRule['storageClass'],
  countNumber: number,
): void {
  if (action === 'TRANSITION' && storageClass === 'archive') {
    throw invalid('Images that are archived cannot be transitioned to the archive storage class.');
  }
  if (action === 'EXPIRE' && countType === 'sinceImagePulled') {
    throw invalid('countType sinceImagePulled is for rules that transition images.');
  }
  if (countType !== 'sinceImageTransitioned') return;
  if (action === 'TRANSITION') throw invalid('countType sinceImageTransitioned is for rules that expire images.');
  if (storageClass !== 'archive') throw invalid('countType sinceImageTransitioned is for archived images.');
  if (countNumber < 90) throw invalid('Images are archived for at least 90 days before they expire.');
}

/** What no rule can break alone. */
function checkTogether(rules: readonly LifecycleRule[]): void {
  const priorities = new Set<number>();
  for (const { priority } of rules) {
    if (priorities.has(priority)) throw invalid('Rule priorities must be unique.');
    priorities.add(priority);
  }
  for (const storageClass of ['standard', 'archive'] as const) {
    const own = rules.filter((rule) => rule.storageClass === storageClass);
    if (own.filter((rule) => rule.tagStatus === 'untagged' && rule.action === 'EXPIRE').length > 1) {
      throw invalid('Only one rule can select Untagged images per storage class');
    }
    const any = own.findIndex((rule) => rule.tagStatus === 'any');
    const isLast = any === -1 || own.slice(any).every((rule) => rule.tagStatus === 'any');
    if (!isLast) throw invalid('Rule for tagStatus=ANY must have the lowest priority per storage class');
  }
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(value, 'integer');
  if (value < 1) throw invalid(`numeric instance is lower than the required minimum (minimum: 1, found: ${value})`);
  return value;
}

function texts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrongType(value, 'array');
  return value.map((item) => {
    if (typeof item !== 'string') throw wrongType(item, 'string');
    if (!/^[0-9A-Za-z._*-]{1,128}$/.test(item)) {
      throw invalid(
        `ECMA 262 regex "^[0-9A-Za-z\\.\\-_*]{1,128}$" does not match input string "${item.slice(0, 150)}"`,
      );
    }
    return item;
  });
}

function oneOf<Value extends string>(value: unknown, allowed: readonly Value[]): Value {
  if (typeof value !== 'string') throw wrongType(value, 'string');
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const shown = allowed.map((candidate) => JSON.stringify(candidate)).join(',');
  throw invalid(
    `instance value (${JSON.stringify(value.slice(0, 100))}) not found in enum (possible values: [${shown}])`,
  );
}

function requireMembers(value: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const missing = names.filter((name) => !(name in value));
  if (missing.length > 0) throw invalid(`object has missing required properties (${JSON.stringify(missing)})`);
}

function refuseOthers(value: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const others = Object.keys(value).filter((name) => !names.includes(name));
  if (others.length === 0) return;
  throw invalid(
    `object instance has properties which are not allowed by the schema: ${JSON.stringify(others.slice(0, 10))}`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(value: unknown, wanted: string): Error {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return invalid(`instance type (${kind}) does not match any allowed primitive type (allowed: ["${wanted}"])`);
}

function notOneSchema(): Error {
  return invalid('instance failed to match exactly one schema (matched 0 out of 2)');
}

function invalid(reason: string): Error {
  return invalidParameter(
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );
}
