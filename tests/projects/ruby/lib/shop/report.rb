require "shop/report/text"

module Shop
  module Report
    class << self
      def show(store, format: :text)
        Text.new(store).show
      end
    end
  end
end
