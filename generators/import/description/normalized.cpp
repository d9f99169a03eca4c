#include "timeloom/generators/import/description/normalized.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace timeloom::importing {

namespace {

constexpr std::size_t longest_name = 40;

std::string plain(const std::string& name) {
    std::string result;
    for (const char c : name.substr(0, longest_name))
        result += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-' ? c : '_';
    return result.empty() ? "layer" : result;
}

std::string unused(const std::string& name, const std::set<std::string>& used) {
    std::string result = name;
    for (int n = 2; used.contains(result); ++n) {
        const std::string number = "_" + std::to_string(n);
        result = name.substr(0, longest_name - number.size()) + number;
    }
    return result;
}

class Names {
  public:
    /// The name of a new layer that the file calls `name`.
    std::string add(const std::string& name) {
        const std::string result = unused(plain(name), used_);
        used_.insert(result);
        ours_[name] = result;
        return result;
    }
    /// Those who read `name` shall read `ours`.
    void redirect(const std::string& name, const std::string& ours) { ours_[name] = ours; }
    void translate(std::vector<std::string>& names) const {
        for (std::string& name : names)
            if (const auto found = ours_.find(name); found != ours_.end())
                name = found->second;
    }

  private:
    std::map<std::string, std::string> ours_;
    std::set<std::string> used_;
};

/// Takes a softmax away from the layer; true if it had one.
bool take_softmax(Layer& layer) {
    if (layer.kind == Kind::activation && layer.activation == "softmax") {
        layer.kind = Kind::softmax;
        return false;
    }
    Layer& inner = layer.kind == Kind::time_distributed ? layer.inner.at(0) : layer;
    if (inner.kind == Kind::activation && inner.activation == "softmax") {
        layer.kind = Kind::softmax;
        layer.inner.clear();
        return false;
    }
    if (inner.kind != Kind::dense || inner.activation != "softmax")
        return false;
    inner.activation = "linear";
    return true;
}

} // namespace

Description normalized(Description description) {
    std::vector<Layer> layers;
    Names names;
    for (Layer& layer : description.layers) {
        names.translate(layer.reads);
        names.translate(layer.starts);
        const std::string original = layer.name;
        layer.name = names.add(original);
        const bool had_softmax = take_softmax(layer);
        layers.push_back(std::move(layer));
        if (had_softmax) {
            Layer softmax{.kind = Kind::softmax, .name = names.add(original + "_softmax")};
            softmax.reads = {layers.back().name};
            names.redirect(original, softmax.name);
            layers.push_back(std::move(softmax));
        }
    }
    description.layers = std::move(layers);
    return description;
}

} // namespace timeloom::importing
