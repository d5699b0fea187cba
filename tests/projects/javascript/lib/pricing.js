const RATE = 0.9;

function round(price) {
  return Math.round(price * 100) / 100;
}

module.exports = {
  round,
  total: sumOf,
  discounted(price, rate = RATE) {
    return round(price * rate);
  },
};

function sumOf(basket, ...more) {
  return [basket, ...more].map((each) => each.sum());
}
