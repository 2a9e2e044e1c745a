/** Policies of repositories and registries, held to what IAM holds every resource's policy to. */
import { ownPolicyProblem, resourcePolicyProblem } from '../iam/public.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './rules/limits.ts';

/** Throws InvalidParameterException. */
export function checkRepositoryPolicy(text: string): void {
  check(text, limits.policyBytes, 'repository', ownPolicyProblem);
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
