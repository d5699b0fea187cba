require "minitest/autorun"
require "shop"

class ItemTest < Minitest::Test
  def setup
    @item = Shop::Item.build("pen", 2)
  end

  def test_label
    assert_equal "pen (2 EUR)", @item.label
  end

  test "is priced" do
    refute @item.free?
  end
end
