/**
 * Resolves when the user or the system asks the process to end. To be called before anything is started: a signal that
 * comes earlier than its listener would end the process on the spot.
 */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
