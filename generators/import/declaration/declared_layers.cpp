#include "timeloom/generators/import/declaration/declared_layers.hpp"

#include "timeloom/dsl/models/layer_names.hpp"
#include "timeloom/generators/import/declaration/own_cells.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace timeloom::importing {

namespace {

/// True for the names that Keras gives by itself: lstm, lstm_3, input_layer.
bool is_keras_own_name(const Layer& layer) {
    std::string base = layer.name;
    if (const auto end = base.find_last_not_of("0123456789"); end + 1 < base.size() && base[end] == '_')
        base.resize(end);
    static constexpr std::array others = {"input", "input_layer", "keras_tensor", "rnn", "re_lu", "layer"};
    return base == spelling(layer.kind) || std::ranges::find(others, base) != others.end();
}

/// What names_ of the DSL's network builder starts from for this kind of layer.
std::string base_name(const DeclaredLayer& element) {
    const Layer& layer = *element.layer;
    if (!element.cell.empty())
        return element.cell;
    return layer.kind == Kind::gru && !layer.reset_after ? "gru_reset_before" : spelling(layer.kind);
}

std::string base_name(const Layer& layer) { return base_name({&layer, {}, false, own_cell_name(layer)}); }

void add_weights(const Layer& layer, const std::string& prefix, std::vector<NamedWeight>& weights) {
    for (const auto& [role, values] : layer.weights)
        if (!layer.is_own_cell())
            weights.push_back({prefix + "/" + role, values});
        else if (own_cell_reads(layer, role))
            weights.push_back({prefix + "/" + role, as_own_cell_has_it(layer, role, values)});
}

} // namespace

DeclaredLayers declare(const Description& description) {
    DeclaredLayers result;
    std::set<std::string> referred;
    std::string before;
    for (const Layer& layer : description.layers) {
        DeclaredLayer element{&layer};
        const bool is_join = layer.reads.size() > 1 || layer.kind == Kind::return_state;
        element.says_reads = layer.kind != Kind::input && (is_join || layer.reads.at(0) != before);
        if (element.says_reads)
            referred.insert(layer.reads.begin(), layer.reads.end());
        referred.insert(layer.starts.begin(), layer.starts.end());
        result.is_stack = result.is_stack && !element.says_reads && layer.starts.empty() &&
                          (layer.kind == Kind::input) == result.elements.empty();
        element.cell = own_cell_name(layer);
        result.elements.push_back(element);
        before = layer.name;
    }
    for (DeclaredLayer& element : result.elements) {
        const Layer& layer = *element.layer;
        const bool is_join = layer.reads.size() > 1 || layer.kind == Kind::return_state;
        const bool needs_name =
            referred.contains(layer.name) || (element.says_reads && !is_join) || !layer.starts.empty();
        if (needs_name || (layer.kind != Kind::softmax && !is_keras_own_name(layer)))
            element.given = layer.name;
    }
    return result;
}

std::vector<NamedWeight> named_weights(const DeclaredLayers& declared) {
    std::vector<NamedWeight> weights;
    declaration::detail::layer_names names;
    for (const DeclaredLayer& element : declared.elements)
        names.reserve(element.given);
    for (const DeclaredLayer& element : declared.elements) {
        const Layer& layer = *element.layer;
        const std::string outer = element.given.empty() ? names.next(base_name(element)) : element.given;
        if (layer.kind == Kind::bidirectional) {
            const std::string inner = names.next(base_name(layer.inner.at(0)));
            add_weights(layer.inner.at(0), outer + "/forward_" + inner, weights);
            add_weights(layer.inner.at(1), outer + "/backward_" + inner, weights);
        } else if (!layer.inner.empty()) {
            for (const Layer& inner : layer.inner)
                add_weights(inner, outer + "/" + names.next(base_name(inner)), weights);
        } else {
            add_weights(layer, outer, weights);
        }
    }
    return weights;
}

} // namespace timeloom::importing
