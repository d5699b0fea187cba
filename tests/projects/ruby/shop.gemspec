Gem::Specification.new do |spec|
  spec.name = "shop"
  spec.version = "1.0"
  spec.require_paths = ["lib"]
end
