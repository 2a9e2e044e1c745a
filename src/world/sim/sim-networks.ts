import { DockerError, type NetworkBody, type NetworkInspect } from '../docker.ts';

/** The networks and published ports of one simulated engine. */
export class SimNetworks {
  readonly #networks = new Map<string, SimNetwork>();
  /** `tcp/80` -> the container that has it; empty for a process outside the engine. */
  readonly #ports = new Map<string, string>();
  #nextSubnet = 18;
  #nextPort = 32_768;

  constructor(newId: () => string) {
    for (const name of ['bridge', 'host', 'none']) {
      const subnets = name === 'bridge' ? [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] : [];
      const id = newId();
      this.#networks.set(id, new SimNetwork(id, { Name: name, Driver: name }, subnets));
    }
  }

  create(id: string, body: NetworkBody): string {
    if (this.find(body.Name)) throw new DockerError(`network with name ${body.Name} already exists`, 409);
    const wanted = body.IPAM?.Config ?? [{ Subnet: `172.${this.#nextSubnet++}.0.0/16` }];
    for (const { Subnet } of wanted) {
      const overlaps = [...this.#networks.values()].some((other) =>
        other.subnets.some((each) => overlap(each.Subnet, Subnet)),
      );
      if (overlaps) throw new DockerError('Pool overlaps with other one on this address space', 403);
    }
    const subnets = wanted.map(({ Subnet, Gateway }) => ({ Subnet, Gateway: Gateway ?? addressAt(Subnet, 1) }));
    this.#networks.set(id, new SimNetwork(id, body, subnets));
    return id;
  }

  find(idOrName: string): SimNetwork | undefined {
    const name = idOrName === 'default' ? 'bridge' : idOrName;
    return this.#networks.get(name) ?? [...this.#networks.values()].find((network) => network.body.Name === name);
  }

  all(): Iterable<SimNetwork> {
    return this.#networks.values();
  }

  remove(idOrName: string): void {
    const network = this.find(idOrName);
    if (!network) throw new DockerError(`network ${idOrName} not found`, 404);
    const { Name } = network.body;
    if (['bridge', 'host', 'none'].includes(Name)) {
      throw new DockerError(`${Name} is a pre-defined network and cannot be removed`, 403);
    }
    if (network.endpoints.size > 0) {
      throw new DockerError(`error while removing network: network ${Name} id ${network.id} has active endpoints`, 403);
    }
    this.#networks.delete(network.id);
  }

  /** Takes a host port for a container, any free one when `wanted` is 0. `why` begins the engine's message. */
  takePort(protocol: string, wanted: number, container: string, why: string): number {
    let port = wanted;
    if (port === 0) {
      while (this.#ports.has(`${protocol}/${this.#nextPort}`)) this.#advancePort();
      port = this.#nextPort;
      this.#advancePort();
    }
    const key = `${protocol}/${port}`;
    if (this.#ports.has(key))
      throw new DockerError(`${why}: Bind for 0.0.0.0:${port} failed: port is already allocated`, 500);
    this.#ports.set(key, container);
    return port;
  }

  releasePorts(container: string): void {
    for (const [key, owner] of this.#ports) if (owner === container) this.#ports.delete(key);
  }

  #advancePort(): void {
    this.#nextPort = this.#nextPort === 60_999 ? 32_768 : this.#nextPort + 1;
  }
}

export class SimNetwork {
  readonly id: string;
  readonly body: NetworkBody;
  readonly subnets: readonly { readonly Subnet: string; readonly Gateway: string }[];
  /** By container id. */
  readonly endpoints = new Map<
    string,
    { readonly name: string; readonly address: string; readonly macAddress: string }
  >();
  readonly #taken = new Set<string>();
  #next = 2;

  constructor(
    id: string,
    body: NetworkBody,
    subnets: readonly { readonly Subnet: string; readonly Gateway: string }[],
  ) {
    this.id = id;
    this.body = body;
    this.subnets = subnets;
    for (const { Gateway } of subnets) this.#taken.add(Gateway);
  }

  connect(
    containerId: string,
    name: string,
    wanted?: { readonly address?: string; readonly macAddress?: string },
  ): void {
    const address = this.subnets.length === 0 ? '' : this.#takeAddress(wanted?.address);
    const macAddress = wanted?.macAddress ?? (address === '' ? '' : macOf(address));
    this.endpoints.set(containerId, { name, address, macAddress });
  }

  disconnect(containerId: string): void {
    const endpoint = this.endpoints.get(containerId);
    if (!endpoint) return;
    this.endpoints.delete(containerId);
    this.#taken.delete(endpoint.address);
  }

  inspect(): NetworkInspect {
    const [first] = this.subnets;
    const prefix = first?.Subnet.split('/')[1] ?? '16';
    return {
      Id: this.id,
      Name: this.body.Name,
      IPAM: { Config: [...this.subnets] },
      Labels: this.body.Labels ?? {},
      Containers: Object.fromEntries(
        [...this.endpoints].map(([id, { name, address }]) => [
          id,
          { Name: name, IPv4Address: address === '' ? '' : `${address}/${prefix}` },
        ]),
      ),
    };
  }

  #takeAddress(wanted: string | undefined): string {
    const { Subnet } = this.subnets[0] ?? { Subnet: '172.31.0.0/16' };
    if (wanted !== undefined) {
      if (!overlap(Subnet, `${wanted}/32`)) {
        throw new DockerError(`Invalid address ${wanted}: It does not belong to any of this network's subnets`, 400);
      }
      if (this.#taken.has(wanted)) throw new DockerError('Address already in use', 403);
      this.#taken.add(wanted);
      return wanted;
    }
    const size = 2 ** (32 - Number(Subnet.split('/')[1]));
    for (let tried = 0; tried < size; tried += 1) {
      const address = addressAt(Subnet, this.#next);
      this.#next = this.#next + 1 >= size - 1 ? 2 : this.#next + 1;
      if (!this.#taken.has(address)) {
        this.#taken.add(address);
        return address;
      }
    }
    throw new DockerError("no available IPv4 addresses on this network's address pools", 403);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
}

function addressAt(subnet: string, offset: number): string {
  const value = numberOf(subnet.split('/')[0] ?? '') + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function macOf(address: string): string {
  return `02:42:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
}

function overlap(one: string, other: string): boolean {
  const [address = '', prefix = '32'] = one.split('/');
  const [otherAddress = '', otherPrefix = '32'] = other.split('/');
  const block = 2 ** (32 - Math.min(Number(prefix), Number(otherPrefix)));
  return Math.floor(numberOf(address) / block) === Math.floor(numberOf(otherAddress) / block);
}
