export * from './store.js';
export { Kind, type Labelled } from './kinds';
export type { Item } from './item';
export * as money from './internal';
