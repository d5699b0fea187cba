const { EventEmitter } = require('events');
const { inherits } = require('util');
const { discounted: reduce, round } = require('./pricing');
const uuid = require('uuid');

module.exports = Basket;

// What somebody wants to buy.
function Basket(owner) {
  EventEmitter.call(this);
  this.id = uuid.v4();
}

inherits(Basket, EventEmitter);

Basket.prototype.add = function (item) {
  var self = this;
  self.emit('added', item);
  return this;
};

Basket.prototype.sum = function sum() {
  return round(this.items.reduce(function (all, item) { return all + reduce(item.price); }, 0));
};

Basket.empty = () => new Basket('nobody');
