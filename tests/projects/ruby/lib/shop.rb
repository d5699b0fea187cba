# frozen_string_literal: true

require "json"
require "shop/item"
require "shop/store"

# Sells things.
module Shop
  VERSION = "1.0"

  autoload :Report, "shop/report"

  # Anything that goes wrong in the shop.
  class Error < StandardError; end

  class Missing < Error
    def initialize(name)
      @name = name
      super("no #{name}")
    end
  end

  class << self
    attr_accessor :currency

    # The store that commands use.
    def default_store
      @default_store ||= Store.new("main")
    end

    private

    def reset
      self.currency = "EUR"
      default_store.clear
    end
  end
end
