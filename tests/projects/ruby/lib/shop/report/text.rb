=begin
Reports as plain text.
=end
class Shop::Report::Text
  # :nodoc:
  WIDTH = Shop::Store::LIMIT * 8

  def initialize(store)
    @store = store
  end

  def show
    helper = Shop::Store.open("a")
    helper.each_item
    @store.each_item
    rows
  end

  private

  attr_writer :style

  def rows = WIDTH
end
