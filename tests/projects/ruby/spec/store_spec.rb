require "shop"

RSpec.describe Shop::Store do
  subject(:store) { described_class.new("a") }

  let(:item) { Shop::Item.build("pen", 2) }

  before { store.clear }

  def fill
    store.add(item)
  end

  it "starts without items" do
    expect(store.all).to be_empty
  end

  describe "#find" do
    it "finds what was added" do
      fill
      expect(store.find("pen")).to eq(item)
    end

    context "when empty" do
      it { is_expected.to be }
    end
  end
end
