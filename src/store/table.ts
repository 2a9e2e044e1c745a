/**
 * A kind of record: how it is named, keyed and found. Records are plain JSON values, replaced and never edited.
 * `Index` is the union of its index names.
 */
export interface Table<Record extends object, Index extends string = string> {
  /** Unique in the store, `service.things`, and for ever: the journal knows records by it. */
  readonly name: string;
  readonly key: (record: Record) => string;
  /** For each index, the value or values under which a record is found; undefined leaves it out. */
  readonly indexes: { readonly [name in Index]: (record: Record) => string | readonly string[] | undefined };
}

export function table<Record extends object>() {
  return <Index extends string>(definition: Table<Record, Index>): Table<Record, Index> => definition;
}

/**
 * A value derived from the records of one table and kept in step with them: `apply` is called for every record that
 * comes (no before), changes, or goes (no after), inside the same transaction and in reverse when it is undone. Sums
 * that would otherwise be stored twice (what is reserved on a host) live here. Never journaled; rebuilt by loading.
 */
export interface Projection<Record extends object, State> {
  readonly of: Table<Record, string>;
  readonly create: () => State;
  /** Written as a method so that projections of different records can stand in one list. */
  apply(state: State, before: Record | undefined, after: Record | undefined): void;
}

export function projection<Record extends object, State>(
  definition: Projection<Record, State>,
): Projection<Record, State> {
  return definition;
}
