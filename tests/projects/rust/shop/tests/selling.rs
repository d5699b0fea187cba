mod common;

use common::open_shop;
use tea_shop::sell;

#[test]
fn a_missing_thing_cannot_be_sold() {
    let mut shelf = open_shop();
    assert!(sell(&mut shelf, "milk").is_err());
    assert_eq!(shelf.len(), 1);
}
