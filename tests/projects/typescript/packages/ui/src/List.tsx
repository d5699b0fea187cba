import { useMemo, type ReactNode } from 'react';
import { find, labels, money, Store, type Item } from '@shop/core';
import { Kind } from '@shop/core/kinds';
import { Base } from '~core/item';

interface Props {
  store: Store<Item>;
  children?: ReactNode;
}

export function useLabel(item: Item) {
  return useMemo(() => item.label(), [item]);
}

export const List = ({ store, children }: Props) => {
  const first = store.first('a');
  return <ul title={useLabel(first)}>{children}<Row of={first} /></ul>;
};

function Row({ of }: { of: Base }) {
  labels.find(Kind.Piece);
  return <li onClick={async () => (await find('b'))?.price()}>{money.format.euro(of.price())}</li>;
}
