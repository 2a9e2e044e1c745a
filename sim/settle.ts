/**
 * Resolves when no promise continuation is left. An exact answer that pure code cannot give: setImmediate runs after the
 * microtasks, and no time passes by it.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
