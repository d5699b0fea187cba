export function round(value: number): number { return Math.round(value); }
export namespace format {
  export const euro = (value: number) => `${round(value)} €`;
}
