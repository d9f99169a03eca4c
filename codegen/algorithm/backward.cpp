#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/codegen/algorithm/step_arguments.hpp"

namespace timeloom::codegen {

using namespace Halide;
using declaration::node_kind;
using plan::ArgumentRole;

namespace {

/// A stored result of the backward step: a gate gradient, or a pointwise part that a later step or layer adds
/// to.
struct stored_result {
    int node;
    ArgumentRole role;
    int index;
};

std::vector<stored_result> stored_results(const declaration::differentiated_cell& cell) {
    std::vector<stored_result> results;
    for (int g = 0; g < cell.gates.size(); ++g) {
        results.push_back({cell.gates[g], ArgumentRole::gates, g});
    }
    for (int s = 0; s < cell.diff_state.size(); ++s) {
        if (cell.diff_state[s].pointwise >= 0) {
            results.push_back({cell.diff_state[s].pointwise, ArgumentRole::direct_state, s});
        }
    }
    if (cell.diff_input.pointwise >= 0) {
        results.push_back({cell.diff_input.pointwise, ArgumentRole::direct_input, 0});
    }
    return results;
}

/// Builds the backward kernel of one layer: images first, then the step, then the gradients before the first
/// step.
class BackwardBuilder {
  public:
    BackwardBuilder(const recurrent_layer& layer, const Target& target)
        : layer_(layer), cell_(layer.cell), g_(layer.cell.step), target_(target),
          arguments_(layer, layer.units), stored_(stored_results(layer.cell)) {}

    kernel_pipeline build() {
        declare_images();
        step_description step{&g_, arguments_.shape(), {}, {}, {}, true, layer_.unroll};
        for (const stored_result& r : stored_) {
            step.results.push_back(r.node);
        }
        step.leaf = [this](int id, const step_point& at) { return leaf(id, at); };
        for (int id = 0; id < g_.nodes.size(); ++id) {
            if (g_.nodes[id].kind == node_kind::diff_state) {
                if (const product_sum sum = state_gradient(g_.nodes[id].index); !sum.terms.empty()) {
                    step.sums[id] = sum;
                }
            } else if (g_.nodes[id].kind == node_kind::transposed) {
                step.sums[id] = within_step(g_.transposed_of(id));
            }
        }
        StepPipeline pipeline(step, target_);
        results_ = pipeline.results();
        return finish();
    }

  private:
    void declare_images() {
        for (int s = 0; s < g_.states.size(); ++s) {
            previous_.push_back(arguments_.sequence(ArgumentRole::previous_state, s, layer_.units));
        }
        for (int s = 0; s < g_.states.size(); ++s) {
            next_.push_back(arguments_.sequence(ArgumentRole::next_state, s, layer_.units));
        }
        if (declaration::uses_input_pointwise(g_)) {
            input_ = arguments_.sequence(ArgumentRole::input, 0, layer_.units);
        }
        if (!g_.is_next_state(g_.output)) {
            output_ = arguments_.sequence(ArgumentRole::output, 0, layer_.units);
        }
        if (declaration::reads_any(g_, node_kind::step_mask)) {
            step_mask_ = arguments_.step_mask();
        }
        if (declaration::reads_any(g_, node_kind::recurrent_mask)) {
            recurrent_mask_ = arguments_.recurrent_mask();
        }
        if (!cell_.saved.empty()) {
            saved_ = arguments_.saved(cell_.saved.size());
        }
        if (!g_.vectors.empty()) {
            vectors_ = arguments_.vectors(g_.vectors.size());
        }
        recurrent_ = declaration::recurrent_matrices(g_);
        if (!recurrent_.empty()) {
            transposed_ = arguments_.matrices(ArgumentRole::transposed, 0, recurrent_.size(), layer_.units);
        }
        if (needs_diff_output()) {
            diff_output_ = arguments_.sequence(ArgumentRole::diff_output, 0, layer_.units);
        }
        for (int s = 0; s < g_.states.size(); ++s) {
            diff_final_.push_back(arguments_.sequence(ArgumentRole::diff_final_state, s, layer_.units, 2));
        }
        for (const stored_result& r : stored_) {
            declare_carried(r);
        }
    }

    void declare_carried(const stored_result& r) {
        if (r.role == ArgumentRole::gates) {
            carried_gates_.push_back(arguments_.sequence(ArgumentRole::carried_gates, r.index, layer_.units));
        } else if (r.role == ArgumentRole::direct_state) {
            carried_direct_[r.index] =
                arguments_.sequence(ArgumentRole::carried_direct, r.index, layer_.units);
        }
    }

    /// A layer that hands on only its last output gets that output's gradient as the final state's.
    bool needs_diff_output() const { return layer_.return_sequences || !g_.is_next_state(g_.output); }

    std::optional<Expr> leaf(int id, const step_point& at) const {
        const declaration::node& n = g_.nodes[id];
        const auto index = static_cast<std::size_t>(n.index);
        if (n.kind == node_kind::constant) {
            return Expr(static_cast<float>(n.constant));
        }
        if (n.kind == node_kind::input) {
            return input_(at.unit, at.row, at.time);
        }
        if (n.kind == node_kind::state) {
            return previous_[index](at.unit, at.row, at.time);
        }
        if (n.kind == node_kind::vector) {
            return vectors_(at.unit, n.index);
        }
        if (n.kind == node_kind::step_mask) {
            return step_mask_(at.row, at.time);
        }
        if (n.kind == node_kind::recurrent_mask) {
            return recurrent_mask_(at.unit, at.row);
        }
        if (n.kind == node_kind::diff_state && cell_.diff_state[n.index].products.matrices.empty()) {
            return handed_back_pointwise(n.index, at);
        }
        if (n.kind == node_kind::diff_output) {
            return needs_diff_output() ? diff_output_(at.unit, at.row, at.time) : Expr(0.0f);
        }
        return id < cell_.forward_nodes ? forward_value(id, at) : std::nullopt;
    }

    /// A forward value that is in memory: a state, the output, or an item of the workspace.
    std::optional<Expr> forward_value(int id, const step_point& at) const {
        for (int s = 0; s < g_.states.size(); ++s) {
            if (g_.states[s].next == id) {
                return next_[static_cast<std::size_t>(s)](at.unit, at.row, at.time);
            }
        }
        if (g_.output == id) {
            return output_(at.unit, at.row, at.time);
        }
        if (const int item = cell_.saved.find(id); item >= 0) {
            return saved_(at.unit, item, at.row, at.time);
        }
        return std::nullopt;
    }

    std::function<Expr(const Expr&, const Expr&, const Expr&)> transposed_weight(int matrix) const {
        const ImageParam weights = transposed_;
        const int position = recurrent_.find(matrix);
        return [weights, position](const Expr& lane, const Expr& block, const Expr& k) {
            return weights(lane, position, k, block);
        };
    }

    /// What the step after this one hands back for a state, without products: at the last step the caller's
    /// gradient.
    Expr handed_back_pointwise(int state, const step_point& at) const {
        const auto direct = carried_direct_.find(state);
        const Expr later =
            direct == carried_direct_.end() ? Expr(0.0f) : direct->second(at.unit, at.row, at.time);
        return select(at.time == 0, diff_final_[static_cast<std::size_t>(state)](at.unit, at.row), later);
    }

    /// What the step after this one hands back for a state: the pointwise part plus Σ gate · matrixᵀ.
    product_sum state_gradient(int state) const {
        product_sum sum;
        sum.start = [this, state](const step_point& at) { return handed_back_pointwise(state, at); };
        for (const int m : cell_.diff_state[state].products.matrices) {
            product_term term{.extent = layer_.units, .value = {}, .weight = transposed_weight(m)};
            const ImageParam gate = carried_gates_[static_cast<std::size_t>(cell_.gate_of_matrix[m])];
            term.value = [gate](const Expr& k, const Expr& row, const Expr& time) {
                return gate(k, row, time);
            };
            sum.terms.push_back(term);
        }
        return sum;
    }

    product_sum within_step(const declaration::transposed_sum& transposed) const {
        product_sum sum;
        sum.start = [](const step_point&) { return Expr(0.0f); };
        for (const int m : transposed.matrices) {
            sum.terms.push_back({.extent = layer_.units,
                                 .operand = cell_.gates[cell_.gate_of_matrix[m]],
                                 .value = {},
                                 .weight = transposed_weight(m)});
        }
        return sum;
    }

    kernel_pipeline finish() {
        std::vector<int> row_strides;
        for (const stored_result& r : stored_) {
            row_strides.push_back(plan::padded(layer_.units));
            arguments_.pipeline.signature.push_back({r.role, static_cast<std::int16_t>(r.index)});
        }
        arguments_.describe_outputs(results_, row_strides);
        kernel_pipeline kernel = std::move(arguments_.pipeline);
        kernel.outputs = {results_};
        for (std::size_t i = 0; i < stored_.size(); ++i) {
            const auto element = static_cast<int>(i);
            if (stored_[i].role == ArgumentRole::gates) {
                kernel.carried.push_back({carried_gates_[i].name(), results_, element});
            } else if (stored_[i].role == ArgumentRole::direct_state) {
                kernel.carried.push_back({carried_direct_.at(stored_[i].index).name(), results_, element});
            }
        }
        return kernel;
    }

    const recurrent_layer& layer_;
    const declaration::differentiated_cell& cell_;
    const declaration::graph& g_;
    const Target& target_;
    StepArguments arguments_;
    std::vector<stored_result> stored_;
    declaration::static_vector<int, 32> recurrent_;
    std::vector<ImageParam> previous_, next_, diff_final_, carried_gates_;
    std::map<int, ImageParam> carried_direct_;
    ImageParam input_, output_, saved_, vectors_, transposed_, diff_output_, step_mask_, recurrent_mask_;
    Func results_;
};

} // namespace

kernel_pipeline build_backward(const recurrent_layer& layer, const Target& target) {
    return BackwardBuilder(layer, target).build();
}

} // namespace timeloom::codegen
