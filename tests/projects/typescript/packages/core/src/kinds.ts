/** How things are sold. */
export enum Kind {
  Piece = 'piece',
  Weight = 'weight',
}

export interface Labelled<T = string> {
  readonly kind: Kind;
  label(mark?: string): T;
}

export type Marks = Labelled & { first: string; print(): void };
export type Maybe<T> = T | undefined;
