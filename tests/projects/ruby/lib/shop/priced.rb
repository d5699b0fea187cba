module Shop
  # What has a price.
  module Priced
    FREE = 0

    def self.included(base)
      base.extend(ClassMethods)
    end

    module ClassMethods
      def cheapest(items) = items.min_by { |item| item.price.amount }
    end

    def free?
      price.amount == FREE
    end

    def label
      "priced"
    end
  end
end
