const assert = require('node:assert');
const createShop = require('..');
const { Basket } = createShop;

function filled(count) {
  const basket = new Basket('me');
  return basket.add({ count });
}

describe('shop', () => {
  let basket;

  beforeEach(() => {
    basket = filled(2);
  });

  describe('opening', function () {
    it('keeps the basket', () => {
      assert.equal(createShop(basket), basket);
    });
    it.skip(`sums ${'up'}`, async () => basket.sum());
  });

  test.each([[1], [2]])('total of %i', (count) => {
    assert.ok(createShop.total(filled(count)));
  });
});
