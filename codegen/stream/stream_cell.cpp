#include "timeloom/codegen/stream/stream_cell.hpp"

#include "timeloom/codegen/algorithm/lower_operation.hpp"
#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/codegen/stream/lane_values.hpp"
#include "timeloom/runtime/plan/layout.hpp"

#include <algorithm>

namespace timeloom::codegen {

using namespace Halide;
using declaration::node_kind;
using plan::lane_block;
using plan::padded;

StreamCell::StreamCell(const stream_layer& place, const Target& target, const Expr& sample,
                       const Expr& first_parameter, Statements& statements)
    : place_(place), g_(place.layer->cell.step), groups_(declaration::product_groups(g_)), sample_(sample),
      first_parameter_(first_parameter), statements_(statements), fractions_(statements),
      vectors_(unit_vectors(place.layer->units, target)), widest_(target.natural_vector_size<float>()),
      machine_(machine_of(target)), is_stored_(static_cast<std::size_t>(g_.nodes.size()), false) {}

// ---- Sums of products ----

/// True if a matrix's operand is there before the step begins: an input, or a state.
bool StreamCell::is_known(int node) const {
    const node_kind kind = g_.nodes[node].kind;
    return kind == node_kind::input || kind == node_kind::state;
}

/// First the sums that need nothing that this step computes.
void StreamCell::compute() {
    std::vector<int> ready;
    for (int id = 0; id < place_.layer->cell.forward_nodes; ++id) {
        if (g_.nodes[id].kind == node_kind::affine &&
            std::ranges::all_of(g_.affine_of(id).matrices,
                                [&](int m) { return is_known(g_.matrices[m].operand); })) {
            ready.push_back(id);
        }
    }
    make_sums(ready);
    for (std::size_t v = 0; v < vectors_.size(); ++v) {
        for (const declaration::state_entry& state : g_.states) {
            value(state.next, v);
        }
        value(g_.output, v);
    }
}

int StreamCell::rows_of(int group) const {
    return groups_[group].reads_input ? place_.layer->features : place_.layer->units;
}

int StreamCell::depth_of(int affine) const {
    int depth = 0;
    for (int group = 0; group < groups_.size(); ++group) {
        for (const int m : groups_[group].matrices) {
            depth += g_.affine_of(affine).matrices.find(m) >= 0 ? rows_of(group) : 0;
        }
    }
    return depth;
}

/// In how many parts a sum is made, which do not wait for each other: at most so many, of four products or
/// more.
int StreamCell::parts_of(int affine, int most) const { return std::clamp(depth_of(affine) / 4, 1, most); }

/// As many parts as let the deepest sum be ready when all of them are, at two multiply-adds a cycle, or as
/// many as stay in registers.
int StreamCell::most_parts(const std::vector<int>& affines) const {
    const auto vectors = static_cast<int>(vectors_.size());
    int deepest = 1, products = 1, most = 1;
    for (const int affine : affines) {
        deepest = std::max(deepest, depth_of(affine));
        products += depth_of(affine) * vectors;
    }
    const auto sums = [&](int parts) {
        int count = 0;
        for (const int affine : affines) {
            count += parts_of(affine, parts) * vectors;
        }
        return count;
    };
    while (most * products < 2 * static_cast<int>(machine_.multiply_add_latency) * deepest &&
           sums(2 * most) <= machine_.vector_registers / 2) {
        most *= 2;
    }
    return most;
}

Expr StreamCell::parameters(int at, int lanes) const {
    return load_lanes(stream_buffer::parameters, first_parameter_ + at, lanes);
}

Expr StreamCell::start(int affine, const unit_vector& v) {
    Expr sum;
    for (const int b : g_.affine_of(affine).biases) {
        const int at = static_cast<int>(place_.plan->vectors) + b * padded(place_.layer->units) + v.first;
        const Expr bias = parameters(at, v.lanes);
        sum = sum.defined() ? sum + bias : bias;
    }
    return sum;
}

/// Values [k, k + lanes) of what a group's matrices multiply.
Expr StreamCell::operand(int node, int k, int lanes) {
    const bool is_input = g_.nodes[node].kind == node_kind::input;
    if (is_input && place_.input < 0) {
        return load_lanes(stream_buffer::input, sample_ * place_.layer->features + k, lanes);
    }
    const int at = is_input ? place_.input : place_.stored[static_cast<std::size_t>(node)];
    return load_lanes(stream_buffer::memory, at + k, lanes);
}

Expr StreamCell::weights(int group, int k, int gate, const unit_vector& v) const {
    const plan::Product& product = place_.plan->cell.products[static_cast<std::size_t>(group)];
    const int lanes = lane_block(place_.layer->units);
    const int row = (v.block * rows_of(group) + k) * product.gates + gate;
    return parameters(static_cast<int>(product.offset) + row * lanes + v.lane, v.lanes);
}

void StreamCell::make_sums(const std::vector<int>& affines) {
    if (affines.empty()) {
        return;
    }
    const int most = most_parts(affines);
    for (const int affine : affines) {
        for (std::size_t v = 0; v < vectors_.size(); ++v) {
            std::vector<Expr>& sum = sums_[{affine, v}];
            sum.resize(static_cast<std::size_t>(parts_of(affine, most)));
            sum[0] = start(affine, vectors_[v]);
        }
    }
    for (int group = 0; group < groups_.size(); ++group) {
        add_products(group, affines);
    }
}

void StreamCell::add_products(int number, const std::vector<int>& affines) {
    const declaration::product_group& group = groups_[number];
    std::vector<std::pair<int, int>> gates; // affine, position in the group
    for (const int affine : affines) {
        for (const int m : g_.affine_of(affine).matrices) {
            if (const int gate = group.matrices.find(m); gate >= 0) {
                gates.push_back({affine, gate});
            }
        }
    }
    if (gates.empty()) {
        return;
    }
    if (place_.layer->units == 1 && group.matrices.size() == 1 && rows_of(number) > 1) {
        return add_dot_product(number, gates[0].first, gates[0].second);
    }
    for (int k = 0; k < rows_of(number); ++k) {
        const Expr factor = statements_.keep("factor", operand(group.operand, k, 1));
        for (const auto& [affine, gate] : gates) {
            for (std::size_t v = 0; v < vectors_.size(); ++v) {
                std::vector<Expr>& parts = sums_[{affine, v}];
                Expr& sum = parts[static_cast<std::size_t>(k) % parts.size()];
                const Expr product =
                    in_all_lanes(factor, vectors_[v].lanes) * weights(number, k, gate, vectors_[v]);
                sum = statements_.keep("sum", sum.defined() ? sum + product : product);
            }
        }
    }
}

/// One unit's weights lie one behind the other.
void StreamCell::add_dot_product(int number, int affine, int gate) {
    const int operand_node = groups_[number].operand;
    Expr& sum = sums_[{affine, 0}][0];
    for (int k = 0; k < rows_of(number);) {
        int lanes = widest_;
        while (lanes > rows_of(number) - k) {
            lanes /= 2;
        }
        const unit_vector all{0, 0, 0, lanes};
        const Expr products = operand(operand_node, k, lanes) * weights(number, k, gate, all);
        const Expr dot =
            lanes == 1 ? products : Internal::VectorReduce::make(Internal::VectorReduce::Add, products, 1);
        sum = statements_.keep("sum", sum.defined() ? sum + dot : dot);
        k += lanes;
    }
}

// ---- The equations ----

fraction StreamCell::lower_leaf(const declaration::node& node, std::size_t vector) {
    const unit_vector& v = vectors_[vector];
    const auto load = [&](const std::string& buffer, int at) {
        return fraction{statements_.keep("leaf", load_lanes(buffer, at + v.first, v.lanes))};
    };
    switch (node.kind) {
    case node_kind::constant:
        return {Internal::make_const(Float(32, v.lanes), node.constant)};
    case node_kind::input:
        return load(stream_buffer::memory, place_.input);
    case node_kind::state:
        return load(stream_buffer::memory, place_.states[static_cast<std::size_t>(node.index)]);
    case node_kind::vector:
        return {parameters(static_cast<int>(place_.plan->vectors) + node.index * padded(place_.layer->units) +
                               v.first,
                           v.lanes)};
    default: // dropout of what matrices multiply, which inference does not do
        return {Internal::make_const(Float(32, v.lanes), 1)};
    }
}

fraction StreamCell::lower_operation(const declaration::node& n, std::size_t vector) {
    switch (n.index) {
    case declaration::row_of<declaration::sigmoid_op>():
        return fractions_.sigmoid(value(n.a, vector));
    case declaration::row_of<declaration::tanh_op>():
        return fractions_.tanh(value(n.a, vector));
    case declaration::row_of<declaration::multiply_op>():
        return fractions_.multiply(lower(n.a, vector), lower(n.b, vector));
    case declaration::row_of<declaration::add_op>():
        return fractions_.add(lower(n.a, vector), lower(n.b, vector));
    case declaration::row_of<declaration::subtract_op>():
        return fractions_.subtract(lower(n.a, vector), lower(n.b, vector));
    default:
        break;
    }
    const lane_values a = value(n.a, vector), b = n.b >= 0 ? value(n.b, vector) : Expr(0.0f);
    Expr result;
    declaration::visit_operation(n.index, [&](auto op) {
        if constexpr (op.arity == 1) {
            result = lane_values(op.value(a)).values;
        } else {
            result = lane_values(op.value(a, b)).values;
        }
    });
    return {statements_.keep("value", result)};
}

fraction StreamCell::lower(int node, std::size_t vector) {
    if (const auto known = lowered_.find({node, vector}); known != lowered_.end()) {
        return known->second;
    }
    const declaration::node& n = g_.nodes[node];
    if (n.kind == node_kind::affine) {
        if (!sums_.contains({node, vector})) {
            for (const int m : g_.affine_of(node).matrices) {
                store_operand(g_.matrices[m].operand);
            }
            make_sums({node});
        }
        std::vector<Expr> parts = sums_.at({node, vector});
        std::erase_if(parts, [](const Expr& part) { return !part.defined(); });
        while (parts.size() > 1) { // in pairs, which are not taken apart
            const std::size_t half = parts.size() / 2;
            for (std::size_t i = 0; i < half; ++i) {
                const Expr a = parts[i], b = parts[parts.size() - 1 - i];
                parts[i] = Internal::Call::make(a.type(), Internal::Call::strict_add, {a, b},
                                                Internal::Call::PureIntrinsic);
            }
            parts.resize(parts.size() - half);
        }
        return lowered_[{node, vector}] = {statements_.keep("affine", parts[0])};
    }
    const fraction result =
        n.kind == node_kind::operation ? lower_operation(n, vector) : lower_leaf(n, vector);
    return lowered_[{node, vector}] = result;
}

Expr StreamCell::value(int node, std::size_t vector) {
    const auto known = values_.find({node, vector});
    if (known != values_.end()) {
        return known->second;
    }
    return values_[{node, vector}] = fractions_.value(lower(node, vector));
}

/// All units of a computed value, before matrices multiply it.
void StreamCell::store_operand(int node) {
    if (is_known(node) || is_stored_[static_cast<std::size_t>(node)]) {
        return;
    }
    is_stored_[static_cast<std::size_t>(node)] = true;
    for (std::size_t v = 0; v < vectors_.size(); ++v) {
        statements_.store(stream_buffer::memory, value(node, v),
                          place_.stored[static_cast<std::size_t>(node)] + vectors_[v].first);
    }
}

void StreamCell::store() {
    const auto store_at = [&](int node, int place) {
        for (std::size_t v = 0; v < vectors_.size(); ++v) {
            statements_.store(stream_buffer::memory, value(node, v), place + vectors_[v].first);
        }
    };
    for (int s = 0; s < g_.states.size(); ++s) {
        store_at(g_.states[s].next, place_.states[static_cast<std::size_t>(s)]);
    }
    if (!g_.is_next_state(g_.output)) {
        store_at(g_.output, place_.output);
    }
}

std::vector<Expr> StreamCell::output() {
    std::vector<Expr> values;
    for (std::size_t v = 0; v < vectors_.size(); ++v) {
        values.push_back(value(g_.output, v));
    }
    return values;
}

} // namespace timeloom::codegen
