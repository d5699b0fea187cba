import { expect, test, vi } from 'vitest';
import { Item } from '~core/item';
import { List } from '../src/List';

test('shows a label', async () => {
  const item = Item.parse('a');
  expect(item.label()).toBe('#1');
  vi.fn(<List store={null as any} />);
});
