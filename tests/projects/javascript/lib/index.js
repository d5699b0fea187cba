'use strict';

var Basket = require('./basket');
var pricing = require('./pricing');

exports = module.exports = createShop;
exports.Basket = Basket;
exports.total = pricing.total;

/**
 * Open a shop.
 *
 * @param {Basket} basket what is bought
 * @returns {Basket}
 */
function createShop(basket) {
  shop.open(basket);
  return basket;
}

var shop = {
  baskets: [],
  open: function (basket) {
    this.keep(basket);
    basket.add({ name: 'bag', price: 1 });
  },
  keep(basket) {
    this.baskets.push(basket);
  },
};
