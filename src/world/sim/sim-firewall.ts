import type { Firewall } from '../firewall.ts';
import { never, type SimLife } from './sim-life.ts';

/** The packet filter of one simulated machine: its tables as they were last written, kept and not enforced. */
export class SimFirewall {
  readonly #tables = new Map<string, string>();
  readonly #joined = new Set<string>();

  /** The script that made the table; undefined where there is no such table. */
  table(name: string): string | undefined {
    return this.#tables.get(name);
  }

  get tableNames(): readonly string[] {
    return [...this.#tables.keys()];
  }

  /** The blocks whose bridges are joined. */
  get joined(): readonly string[] {
    return [...this.#joined];
  }

  as(life: SimLife): Firewall {
    const pass = async (): Promise<void> => {
      if (!life.isAlive) await never();
      await life.pass(0);
    };
    return {
      check: pass,
      apply: async (script) => {
        await pass();
        for (const [, name = ''] of script.matchAll(/^delete table inet (\S+)$/gm)) this.#tables.delete(name);
        for (const [, name = ''] of script.matchAll(/^table inet (\S+) \{$/gm)) this.#tables.set(name, script);
      },
      tables: async () => {
        await pass();
        return this.tableNames;
      },
      joinBridges: async (_prefix, cidrBlock) => {
        await pass();
        this.#joined.add(cidrBlock);
      },
    };
  }
}
