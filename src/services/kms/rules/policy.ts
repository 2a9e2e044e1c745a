import { malformedPolicy } from '../errors.ts';

/** The policy as given, if it is a JSON object. What it says is IAM's to judge. Throws MalformedPolicyDocumentException. */
export function checkedPolicy<Text extends string | undefined>(text: Text): Text {
  if (text === undefined) return text;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // said below
  }
  throw malformedPolicy();
}
