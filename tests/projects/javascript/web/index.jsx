import React, { useState } from 'react';
import shop from '../lib/index.js';
import * as pricing from '../lib/pricing';
import { Price as Tag, default as store } from './parts';
export * from './parts';
export { label as title } from './parts';

export default function App({ basket = shop.Basket.empty() }) {
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen(!open);
  return (
    <main onClick={toggle}>
      <Tag value={pricing.discounted(3)} />
      <Row.Line basket={basket} />
      <Row basket={basket} />
    </main>
  );
}

class Row extends React.Component {
  static #count = 0;
  static Line = (props) => <Tag value={props.basket} />;
  state = { ready: false };
  get size() { return Row.#count; }
  async load() {
    const { save } = await import('./parts');
    store.put(this.size);
    return super.toString() + save();
  }
  render = () => this.load();
}
