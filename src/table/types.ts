// A table: named columns of one length, as a file has them. What its cells mean to a network is not known here.

/** What a cell holds, as the file has it: text where the file is text. null where it is empty. */
export type Cell = string | number | bigint | boolean | Date | null;

/** A column; its values are `count` of the table. */
export interface Column {
  readonly name: string;
  readonly values: readonly Cell[] | Float64Array;
  /** Why it could not be read, in words that follow its name; its cells are null. Using it is refused. */
  readonly unreadable?: string | undefined;
}

export interface Table {
  /** Rows. */
  readonly count: number;
  readonly columns: readonly Column[];
}
