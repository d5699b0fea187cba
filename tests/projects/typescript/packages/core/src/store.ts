import { Item } from './item';
import type { Labelled, Maybe } from './kinds';
import { logged } from './logged';

export type Found = Promise<Maybe<Item>>;

export class Store<T extends Labelled> {
  private items = new Map<string, T[]>();
  static #open: Store<Item>;

  @logged()
  add(item: T): this {
    for (const each of this.items.get(item.label()) ?? []) each.label();
    return this;
  }

  first(name: string): T { return this.items.get(name)![0]; }

  static get shared(): Store<Item> { return (Store.#open ??= new Store<Item>()); }
}

export async function find(name: string): Found {
  const item = Store.shared.add(Item.parse(name)).first(name);
  item.price();
  return item;
}

export const labels = { all: (items: Item[]) => items.map((item) => item.label()), find };
