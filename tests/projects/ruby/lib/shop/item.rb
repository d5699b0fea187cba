require_relative "priced"

module Shop
  Price = Struct.new(:amount, :currency) do
    def to_s = "#{amount} #{currency}"
  end

  # A thing that is sold.
  class Item
    include Priced
    include Comparable

    attr_reader :name

    # @return [Price]
    attr_accessor :price

    # @param name [String]
    # @param price [Price] what it costs
    def initialize(name, price = Price.new(0, Shop.currency), *tags, size:, colour: nil, **more, &block)
      @name = name
      @price = price
      @tags = tags
    end

    def self.build(name, amount)
      new(name, Price.new(amount, "EUR"), size: 1)
    end

    def label
      "#{name} (#{price.to_s})"
    end
    alias to_s label

    def <=>(other)
      name <=> other.name
    end

    def rename!(text)
      self.price = nil
      @name = clean(text)
    end

    define_method(:tagged?) { |tag| @tags.include?(tag) }

    protected

    def secret; end

    private

    def clean(text)
      text.strip
    end
  end
end
