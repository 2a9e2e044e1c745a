/** Where an image is pulled from, and what the engine calls it afterwards. */
export interface ImageSource {
  /** What the engine is asked to pull. */
  readonly pull: string;
  /** What a container of it is made from: the name as the user wrote it wherever the engine can be made to know it. */
  readonly name: string;
  /** Whether it lies in the control plane's own registry, which asks who pulls. */
  readonly isOwn: boolean;
}

/**
 * Images of ECR, by the name that AWS gives its registries or by one of this server's own, are pulled from the control
 * plane, at the address where this agent reaches it. Everything else is where its name says.
 */
export function imageSource(image: string, endpoint: string | undefined): ImageSource {
  const slash = image.indexOf('/');
  const host = slash === -1 ? '' : image.slice(0, slash);
  const own = endpoint === undefined ? undefined : hostOf(endpoint);
  if (own === undefined || !isOwnHost(host, own)) return { pull: image, name: image, isOwn: false };
  const pull = `${own}${image.slice(slash)}`;
  // The engine takes a digest for a name only of what it pulled under it.
  return { pull, name: image.includes('@') ? pull : image, isOwn: true };
}

function isOwnHost(host: string, own: string): boolean {
  if (host === own || /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host)) return true;
  // What is written for the server's own machine is meant on every other one as well.
  const [, name = '', port] = /^([a-z0-9.-]+)(:\d+)?$/i.exec(host) ?? [];
  return port !== undefined && own.endsWith(port) && isLoopback(name.toLowerCase());
}

/** Engines speak plain HTTP to `localhost` without being told to. */
function hostOf(endpoint: string): string | undefined {
  const [, name, port = ''] = /^https?:\/\/(\[[0-9a-f:.]+\]|[^:/]+)(:\d+)?/i.exec(endpoint) ?? [];
  if (name === undefined) return undefined;
  return `${isLoopback(name.toLowerCase()) ? 'localhost' : name}${port}`;
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
