import { type CompiledPolicy, compilePolicy } from './rules/compile-policy.ts';
import { isProblem, readPolicy } from './rules/policy-document.ts';

/** Policies made ready to be asked, by their text: the same text is compiled once. */
export interface CompiledPolicies {
  of(text: string): CompiledPolicy;
}

export function createCompiledPolicies(): CompiledPolicies {
  const kept = new Map<string, CompiledPolicy>();
  return {
    of(text) {
      const found = kept.get(text);
      if (found) return found;
      const read = readPolicy(text);
      const compiled = isProblem(read) ? unreadable : compilePolicy(read);
      if (kept.size >= keptLimit) kept.clear();
      kept.set(text, compiled);
      return compiled;
    },
  };
}

const keptLimit = 5000;

/** A policy that cannot be read was never saved by us: whatever it meant to limit, it limits wholly. */
const unreadable: CompiledPolicy = {
  statements: [{ effect: 'Deny', closeness: undefined, matches: () => true }],
};
