/** The packet filter of the engine's machine, in the words of nft(8). */
export interface Firewall {
  /** Rejects, with the reason, where this process cannot filter what passes between containers. */
  check(): Promise<void>;
  /** Takes a script in one step: all of it, or nothing where it rejects. */
  apply(script: string): Promise<void>;
  /** Names of the tables of family inet. */
  tables(): Promise<readonly string[]>;
  /**
   * Lets packets between addresses of the block pass from one of the engine's networks to another, their source unchanged,
   * and lets the engine's default bridge dial them: engines keep their networks apart. Of the networks only those count
   * whose Linux bridges have the prefix. Rejects, with the reason, where the engine does not filter with iptables.
   */
  joinBridges(prefix: string, cidrBlock: string): Promise<void>;
}
