/** The records of STS; private to this folder. */
import { table } from '../../store/table.ts';

/**
 * The key under which session tokens are sealed. It is made at the first start and stays: tokens outlive restarts, and
 * every server of one state takes them.
 */
export interface TokenKeyRecord {
  readonly name: 'current';
  /** 64 hex digits. */
  readonly secret: string;
}

export const tokenKeys = table<TokenKeyRecord>()({
  name: 'sts.token-keys',
  key: ({ name }) => name,
  indexes: {},
});
