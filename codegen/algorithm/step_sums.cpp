// The sums of products of a step: partial sums, passes, and what can be summed ahead of it.
#include "timeloom/codegen/algorithm/step_pipeline.hpp"

#include "timeloom/codegen/schedule/machine.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace timeloom::codegen {

using namespace Halide;

Expr StepPipeline::operand_value(const product_term& term, const Expr& k) {
    if (term.operand < 0) {
        return term.value(k, point().row, v_.time);
    }
    const stage_funcs& s = stages_[static_cast<std::size_t>(stage_of_.at(term.operand))];
    const auto kept = std::find(s.materialised.begin(), s.materialised.end(), term.operand);
    const std::vector<Expr> at{k % d_.shape.lanes, k / d_.shape.lanes, v_.row, v_.row_block, v_.time};
    return element(s.func, at, static_cast<int>(kept - s.materialised.begin()));
}

/// Adds the products whose k lies in `range`, `partial` of them in one round: the first to the first partial
/// sum of each value, and so on.
void StepPipeline::add_products(product_pass& pass, const std::vector<int>& nodes, int loop,
                                const RDom& range, int partial) {
    std::vector<Expr> values;
    for (int s = 0; s < pass.partial_sums; ++s) { // in the order of the weights in memory
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            Expr value = element(pass.func, here(), s * pass.products + static_cast<int>(i));
            for (const product_term& term : d_.sums.at(nodes[i]).terms) {
                if (term.loop == loop && s < partial) {
                    const Expr k = partial > 1 ? range.x * partial + s : Expr(range.x);
                    value += operand_value(term, k) * term.weight(v_.lane, v_.block, k);
                }
            }
            values.push_back(value);
        }
    }
    define(pass.func, values);
    pass.k.push_back(range.x);
}

/// The starts of the nodes' sums with all products that are known ahead, for steps_ahead time steps; nothing
/// where there are none. Steps beyond the last one are made of that one's values, and thrown away.
std::optional<Func> StepPipeline::build_ahead(const std::vector<int>& nodes) {
    const std::string name = "ahead_" + std::to_string(ahead_.size());
    products_ahead ahead{Func(name), Func(name + "_sums"), {}, static_cast<int>(nodes.size())};
    std::vector<Expr> starts;
    std::map<int, int> loops; // loop key → extent
    for (const int node : nodes) {
        starts.push_back(d_.sums.at(node).start(point()));
        for (const product_term& term : d_.sums.at(node).terms) {
            if (term.is_ahead) {
                loops[term.loop] = term.extent;
            }
        }
    }
    if (loops.empty() || d_.steps_ahead == 1) {
        return std::nullopt;
    }
    define(ahead.sums, starts);
    for (const auto& [loop, extent] : loops) {
        const RDom k(0, extent, "k");
        std::vector<Expr> values;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            Expr value = element(ahead.sums, here(), static_cast<int>(i));
            for (const product_term& term : d_.sums.at(nodes[i]).terms) {
                if (term.is_ahead && term.loop == loop) {
                    value += term.value(k.x, point().row, min(v_.time, d_.last_time)) *
                             term.weight(v_.lane, v_.block, k.x);
                }
            }
            values.push_back(value);
        }
        define(ahead.sums, values);
        ahead.k.push_back(k.x);
    }
    std::vector<Expr> copies;
    for (int i = 0; i < ahead.products; ++i) {
        copies.push_back(element(ahead.sums, here(), i));
    }
    define(ahead.starts, copies);
    ahead_.push_back(ahead);
    return ahead.starts;
}

/// One Func with a Tuple of accumulators.
void StepPipeline::build_pass(int stage, const std::vector<int>& nodes) {
    auto& passes = stages_[static_cast<std::size_t>(stage)].passes;
    const auto products = static_cast<int>(nodes.size());
    product_pass pass{Func("sums_" + std::to_string(stage) + "_" + std::to_string(passes.size())),
                      {},
                      products,
                      partial_sums(target_, d_.shape, products)};
    const std::optional<Func> ahead = build_ahead(nodes);
    std::vector<Expr> start;
    std::map<int, int> loops; // loop key → extent
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const int node = nodes[i];
        sum_at_[node] = {static_cast<int>(passes.size()), static_cast<int>(i)};
        start.push_back(ahead ? element(*ahead, here(), static_cast<int>(i))
                              : d_.sums.at(node).start(point()));
        int depth = 0;
        for (const product_term& term : d_.sums.at(node).terms) {
            if (!(ahead && term.is_ahead)) {
                loops[term.loop] = term.extent;
                depth += term.extent;
            }
        }
        pass.depth = std::max(pass.depth, depth);
    }
    start.resize(start.size() * static_cast<std::size_t>(pass.partial_sums), Expr(0.0f));
    define(pass.func, start);
    for (const auto& [loop, extent] : loops) {
        const int rounds = extent / pass.partial_sums, whole = rounds * pass.partial_sums;
        if (rounds > 0) {
            add_products(pass, nodes, loop, RDom(0, rounds, "k"), pass.partial_sums);
        }
        if (whole < extent) {
            add_products(pass, nodes, loop, RDom(whole, extent - whole, "k"), 1);
        }
    }
    passes.push_back(pass);
}

/// The sums of this stage, a few to a pass.
void StepPipeline::build_sums(int stage) {
    sum_at_.clear();
    lowered_.clear();
    std::vector<int> nodes;
    const auto most = static_cast<std::size_t>(machine_of(target_).products_per_pass);
    for (const auto& entry : d_.sums) {
        if (const auto s = stage_of_.find(entry.first); s != stage_of_.end() && s->second == stage) {
            nodes.push_back(entry.first);
        }
        if (nodes.size() == most) {
            build_pass(stage, std::exchange(nodes, {}));
        }
    }
    if (!nodes.empty()) {
        build_pass(stage, nodes);
    }
}

/// All partial sums of a node of the stage being built.
Expr StepPipeline::sum_value(int stage, int node) const {
    const auto [number, first] = sum_at_.at(node);
    const product_pass& pass =
        stages_[static_cast<std::size_t>(stage)].passes[static_cast<std::size_t>(number)];
    std::vector<Expr> sums;
    for (int s = 0; s < pass.partial_sums; ++s) {
        sums.push_back(element(pass.func, here(), first + s * pass.products));
    }
    while (sums.size() > 1) { // in pairs, of which there is a power of two
        const std::size_t half = sums.size() / 2;
        for (std::size_t s = 0; s < half; ++s) {
            sums[s] += sums[s + half];
        }
        sums.resize(half);
    }
    return sums[0];
}

} // namespace timeloom::codegen
