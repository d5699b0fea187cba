module Shop
  module Format
    module_function

    def money(amount, *rest)
      pad(amount.to_s)
    end

    def pad(text) = text
  end

  module Countable
    def count = all.size
  end

  class Base
    # @return [Array<Item>]
    def all
      []
    end

    def clear
      log "cleared"
    end

    def log(text)
      warn(text)
    end
  end

  class Store < Base
    extend Format
    prepend Countable

    LIMIT = 10
    HIDDEN = 1
    private_constant :HIDDEN

    @@stores = []

    def initialize(path)
      @path = path
      @items = {}
      @first = Item.build("first", 1)
    end

    def self.open(path)
      money(1)
      new(path)
    end

    def clear
      super
      @items = {}
    end

    # Adds an item.
    def add(item)
      raise Missing.new("space") if @items.size > LIMIT
      raise Shop::Error if item.free?

      @items[item.name] = item
      self
    end

    # @return [Item, nil]
    def find(name)
      @items[name]
    end

    def each_item
      all.each { |item| yield item }
      first = Item.new("x", size: 1)
      first.rename!("y")
      first&.label
      find("x").label
      @first.label
      Item.cheapest(all)
      self.class.open("z").add(first)
      Format.money(1)
      first.send(:clean, "t")
    rescue Missing => error
      log error.message
    end

    private def hidden; end
  end
end

class Shop::Store::Lines
  def lines
    JSON.parse("[]")
  end
end
