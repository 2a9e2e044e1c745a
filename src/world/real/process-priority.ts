import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Nine times the weight of a usual process where both want the processor, and mostly before it where both are woken. */
export const raisedPriority = -10;

/**
 * Lets this process's event loop go before what is of the usual priority. Linux keeps a priority for each thread, and only
 * the main one is raised: those in which V8 compiles and collects garbage are in no hurry. A priority that whoever started
 * the process chose is left as it is. Gives the reason where the system does not let it, as it lets only the superuser.
 */
export function raisePriority(): { readonly refusal?: string } {
  if (process.platform !== 'linux' || getPriority() !== 0) return {};
  try {
    setPriority(process.pid, raisedPriority);
    if (leadsItsSession()) writeFileSync('/proc/self/autogroup', String(raisedPriority));
  } catch (error) {
    // A kernel without autogroups has no such file, and compares the priorities themselves.
    return error instanceof Error && !('code' in error && error.code === 'ENOENT') ? { refusal: error.message } : {};
  }
  return {};
}

/** For a process that one with a raised priority starts for work that can wait. */
export function lowerRaisedPriority(): void {
  if (process.platform === 'linux' && getPriority() === raisedPriority) setPriority(process.pid, 0);
}

/**
 * The kernel weighs sessions against each other before it looks at priorities within one (sched(7), autogroups), so a
 * service, which has a session of its own, raises that as well. A session that others began is not ours to raise.
 */
function leadsItsSession(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // Behind the name, which may hold anything: state, parent, group, session.
  const session = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3];
  return session === String(process.pid);
}
