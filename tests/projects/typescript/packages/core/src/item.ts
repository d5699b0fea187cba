import { Kind, type Labelled } from './kinds';
import { round } from './internal/index.js';

export abstract class Base {
  protected constructor(readonly id: number, private made?: Date) {}
  abstract price(): number;
  key(): string { return `${this.id}`; }
}

export class Item extends Base implements Labelled {
  kind: Kind = Kind.Piece;
  constructor(public name: string, private cost: number) {
    super(1);
  }
  price(): number { return round(this.cost); }
  label(mark = '#'): string { return mark + this.key(); }
  static parse(text: string): Item;
  static parse(text: string, cost: number): Item;
  static parse(text: string, cost = 0): Item { return new Item(text, cost); }
}
