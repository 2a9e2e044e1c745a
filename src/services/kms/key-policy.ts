import { resourcePolicyProblem } from '../iam/public.ts';
import { malformedPolicy } from './errors.ts';

/** The policy as given, if it is one. Throws MalformedPolicyDocumentException. */
export function checkedPolicy<Text extends string | undefined>(text: Text): Text {
  const problem = text === undefined ? undefined : resourcePolicyProblem(text);
  if (problem !== undefined) throw malformedPolicy(problem);
  return text;
}
