/** Names of clusters, families, containers and volumes: letters, digits, hyphens and underscores. */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,255}$/.test(text);
}
