/** Policies of repositories and registries, held to what IAM holds every resource's policy to. */
import { ownPolicyProblem, resourcePolicyProblem } from '../iam/public.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './rules/limits.ts';

/** One of a repository is of that repository: it names no resources. Throws InvalidParameterException. */
export function checkRepositoryPolicy(text: string): void {
  check(text, limits.policyBytes, 'repository', (policy) => ownPolicyProblem(policy) ?? foreignProblem(policy));
}

/** One of a registry names its resources. Throws InvalidParameterException. */
export function checkRegistryPolicy(text: string): void {
  check(text, limits.registryPolicyBytes, 'registry', resourcePolicyProblem);
}

function check(text: string, longest: number, what: string, problem: (text: string) => string | undefined): void {
  const refuse = (constraint: string): never => {
    throw invalidParameter(`Invalid parameter at 'PolicyText' failed to satisfy constraint: '${constraint}'`);
  };
  if (text.length > longest) refuse(`must have length less than or equal to ${longest}`);
  // AWS does not say what is wrong with it.
  if (problem(text) !== undefined) refuse(`Invalid ${what} policy provided`);
}

/** Of a policy that IAM takes. */
function foreignProblem(text: string): string | undefined {
  const { Statement } = JSON.parse(text) as { readonly Statement: PolicyStatement | readonly PolicyStatement[] };
  for (const statement of [Statement].flat()) {
    if ('Resource' in statement || 'NotResource' in statement) return 'a statement names a resource';
    const actions = [statement['Action'] ?? statement['NotAction']].flat();
    if (!actions.every((action) => action === '*' || /^ecr:/i.test(String(action)))) return 'an action is not of ECR';
  }
  return undefined;
}

type PolicyStatement = Readonly<Record<string, unknown>>;
