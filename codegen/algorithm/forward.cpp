#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/codegen/algorithm/sums_only.hpp"

namespace timeloom::codegen {

using namespace Halide;
using declaration::node_kind;
using plan::ArgumentRole;

namespace {

/// The images a forward step reads.
struct forward_images {
    ImageParam input;
    ImageParam row_numbers, input_products; ///< where the input is looked up, in its place
    ImageParam vectors;
    ImageParam step_mask;
    ImageParam recurrent_mask;        ///< undefined for inference
    std::vector<ImageParam> previous; ///< by state
    std::vector<ImageParam> matrices; ///< by product group; undefined for products that are looked up
};

/// The matrices of the input, of the other operands, or both.
void declare_matrices(const recurrent_layer& layer, bool of_input, bool of_others, StepArguments& arguments,
                      forward_images& images) {
    const auto groups = declaration::product_groups(layer.cell.step);
    for (int i = 0; i < groups.size(); ++i) {
        const bool reads_input = groups[i].reads_input;
        const int k = reads_input ? layer.features : layer.units;
        images.matrices.push_back(
            (reads_input ? of_input : of_others)
                ? arguments.matrices(ArgumentRole::matrices, i, groups[i].matrices.size(), k)
                : ImageParam());
    }
}

forward_images declare_images(const recurrent_layer& layer, bool training, StepArguments& arguments) {
    const declaration::graph& g = layer.cell.step;
    forward_images images;
    if (layer.looks_up_input) {
        images.row_numbers = arguments.row_numbers();
        images.input_products = arguments.input_products(declaration::input_affines(g).size());
    } else {
        images.input = arguments.sequence(ArgumentRole::input, 0, layer.features);
    }
    declare_matrices(layer, !layer.looks_up_input, true, arguments, images);
    if (!g.vectors.empty()) {
        images.vectors = arguments.vectors(g.vectors.size());
    }
    if (declaration::reads_any(g, node_kind::step_mask)) {
        images.step_mask = arguments.step_mask();
    }
    if (training && declaration::reads_any(g, node_kind::recurrent_mask)) {
        images.recurrent_mask = arguments.recurrent_mask();
    }
    for (int s = 0; s < g.states.size(); ++s) {
        images.previous.push_back(arguments.sequence(ArgumentRole::previous_state, s, layer.units));
    }
    return images;
}

std::optional<Expr> forward_leaf(const declaration::graph& g, const forward_images& images, int id,
                                 const step_point& at) {
    const declaration::node& n = g.nodes[id];
    switch (n.kind) {
    case node_kind::constant:
        return Expr(static_cast<float>(n.constant));
    case node_kind::input:
        return images.input(at.unit, at.row, at.time);
    case node_kind::state:
        return images.previous[static_cast<std::size_t>(n.index)](at.unit, at.row, at.time);
    case node_kind::vector:
        return images.vectors(at.unit, n.index);
    case node_kind::step_mask:
        return images.step_mask(at.row, at.time);
    case node_kind::recurrent_mask: // inference keeps all
        return images.recurrent_mask.defined() ? images.recurrent_mask(at.unit, at.row) : Expr(1.0f);
    default:
        return std::nullopt;
    }
}

Expr sum_of_biases(const declaration::graph& g, const ImageParam& vectors, int affine, const step_point& at) {
    Expr sum = 0.0f;
    bool first = true;
    for (const int v : g.affine_of(affine).biases) {
        const Expr bias = vectors(at.unit, v);
        sum = first ? bias : sum + bias;
        first = false;
    }
    return sum;
}

/// What affine number `position` of the input's makes of the row that this step reads.
Expr looked_up(const forward_images& images, int position, const step_point& at) {
    const ImageParam& products = images.input_products;
    const Expr row = unsafe_promise_clamped(images.row_numbers(at.row, at.time), 0, products.dim(2).max());
    return products(at.unit, position, row);
}

/// x·W + h·U + b of affine node `id`, or what is left of it where x·W + b is looked up; products of the same
/// operand share a loop over k.
product_sum forward_sum(const recurrent_layer& layer, const forward_images& images, int id) {
    const declaration::graph& g = layer.cell.step;
    product_sum sum;
    const int position = layer.looks_up_input ? declaration::input_affines(g).find(id) : -1;
    sum.start = [&g, images, id, position](const step_point& at) {
        return position >= 0 ? looked_up(images, position, at) : sum_of_biases(g, images.vectors, id, at);
    };
    const auto groups = declaration::product_groups(g);
    for (const int m : g.affine_of(id).matrices) {
        for (int i = 0; i < groups.size(); ++i) {
            const int gate = groups[i].matrices.find(m);
            const ImageParam weights = images.matrices[static_cast<std::size_t>(i)];
            if (gate < 0 || !weights.defined()) {
                continue;
            }
            const int operand = groups[i].operand;
            product_term term;
            term.loop = i;
            term.extent = groups[i].reads_input ? layer.features : layer.units;
            if (forward_leaf(g, images, operand, {0, 0, 0})) {
                term.value = [&g, images, operand](const Expr& k, const Expr& row, const Expr& time) {
                    return *forward_leaf(g, images, operand, {k, row, time});
                };
                term.is_ahead = g.nodes[operand].kind == node_kind::input;
            } else {
                term.operand = operand;
            }
            term.weight = [weights, gate](const Expr& lane, const Expr& block, const Expr& k) {
                return weights(lane, gate, k, block);
            };
            sum.terms.push_back(term);
        }
    }
    return sum;
}

} // namespace

kernel_pipeline build_forward(const recurrent_layer& layer, bool training, const Target& target) {
    const declaration::graph& g = layer.cell.step;
    StepArguments arguments(layer, layer.units);
    const forward_images images = declare_images(layer, training, arguments);
    const int row = plan::padded(layer.units);

    step_description step{&g, arguments.shape(), {}, {}, {}, false, layer.unroll};
    std::vector<int> row_strides;
    const auto result = [&](int node, ArgumentRole role, int index, int row_stride) {
        step.results.push_back(node);
        row_strides.push_back(row_stride);
        arguments.pipeline.signature.push_back({role, static_cast<std::int16_t>(index)});
    };
    for (int s = 0; s < g.states.size(); ++s) {
        result(g.states[s].next, ArgumentRole::next_state, s, row);
    }
    if (!g.is_next_state(g.output)) {
        result(g.output, ArgumentRole::output, 0, row);
    }
    if (training) {
        for (int i = 0; i < layer.cell.saved.size(); ++i) {
            result(layer.cell.saved[i], ArgumentRole::saved, i, row * layer.cell.saved.size());
        }
    }
    std::map<int, product_sum> values; // nothing but what is looked up
    for (int id = 0; id < layer.cell.forward_nodes; ++id) {
        if (g.nodes[id].kind == node_kind::affine) {
            const product_sum sum = forward_sum(layer, images, id);
            (layer.looks_up_input && sum.terms.empty() ? values : step.sums)[id] = sum;
        }
    }
    step.leaf = [&](int id, const step_point& at) {
        const auto value = values.find(id);
        return value != values.end() ? value->second.start(at) : forward_leaf(g, images, id, at);
    };

    step.steps_ahead = layer.steps_ahead;
    if (layer.steps_ahead > 1) {
        step.last_time = images.input.dim(2).max();
    }
    // Training stores so much that it waits for memory, not for the results of operations.
    step.rows_of_vector = !training && layer.rows % 3 == 0 ? 3 : 1;
    StepPipeline pipeline(step, target);
    const Func results = pipeline.results();
    arguments.describe_outputs(results, row_strides);
    kernel_pipeline kernel = std::move(arguments.pipeline);
    kernel.outputs = {results};
    for (int s = 0; s < g.states.size(); ++s) {
        kernel.carried.push_back({images.previous[static_cast<std::size_t>(s)].name(), results, s});
    }
    return kernel;
}

kernel_pipeline build_row_products(const recurrent_layer& layer, const Target& target) {
    const declaration::graph& g = layer.cell.step;
    StepArguments arguments(layer, layer.units);
    forward_images images;
    images.input = arguments.sequence(ArgumentRole::input, 0, layer.features);
    declare_matrices(layer, true, false, arguments, images);
    if (!g.vectors.empty()) {
        images.vectors = arguments.vectors(g.vectors.size());
    }
    std::vector<product_sum> sums;
    for (const int affine : declaration::input_affines(g)) {
        sums.push_back(forward_sum(layer, images, affine));
    }
    const int row_stride = plan::padded(layer.units) * static_cast<int>(sums.size());
    return sums_only(arguments, sums, ArgumentRole::input_products, row_stride, target);
}

} // namespace timeloom::codegen
