#include "timeloom/codegen/algorithm/step_pipeline.hpp"

#include "timeloom/codegen/algorithm/lower_operation.hpp"

#include <algorithm>
#include <set>

namespace timeloom::codegen {

using namespace Halide;

namespace {

/// The value where the condition holds, else 0, whatever the value is. Done on the bits: a select would let
/// Halide ask its operands for the kept lanes only, and the loops over those would no longer be whole
/// vectors.
Expr zero_unless(const Expr& condition, const Expr& value) {
    const Expr mask = select(condition, Expr(-1), Expr(0));
    return reinterpret<float>(reinterpret<int>(value) & mask);
}

} // namespace

StepPipeline::StepPipeline(step_description description, const Target& target)
    : d_(std::move(description)), target_(target) {
    int last = 0;
    for (const int r : d_.results) {
        last = std::max(last, find_stage(r));
    }
    stages_.resize(static_cast<std::size_t>(last) + 1);
    choose_materialised();
    count_readers();
    for (int s = 0; s <= last; ++s) {
        build_sums(s);
        build_stage(s);
    }
    results_ = stages_.back().func;
    schedule();
}

std::vector<Expr> StepPipeline::here() const {
    const std::vector<Var> all = v_.all();
    return {all.begin(), all.end()};
}

step_point StepPipeline::point() const {
    return {v_.block * d_.shape.lanes + v_.lane, v_.row_block * d_.shape.rows + v_.row, v_.time};
}

void StepPipeline::define(Func& f, const std::vector<Expr>& values) const {
    if (values.size() == 1) {
        f(v_.all()) = values[0];
    } else {
        f(v_.all()) = Tuple(values);
    }
}

Expr StepPipeline::element(const Func& f, const std::vector<Expr>& at, int i) {
    return f.outputs() == 1 ? Expr(f(at)) : Expr(f(at)[i]);
}

bool StepPipeline::is_leaf(int node) const { return d_.leaf(node, {0, 0, 0}).has_value(); }

/// A product of a computed operand has to wait until that operand is there for every unit: one stage later.
int StepPipeline::find_stage(int node) {
    if (const auto known = stage_of_.find(node); known != stage_of_.end()) {
        return known->second;
    }
    int stage = 0;
    bool has_product = false;
    if (const auto sum = d_.sums.find(node); sum != d_.sums.end()) {
        has_product = true;
        for (const product_term& term : sum->second.terms) {
            if (term.operand >= 0) {
                stage = std::max(stage, find_stage(term.operand) + 1);
            }
        }
    } else if (!is_leaf(node)) {
        d_.graph->for_each_operand(node, [&](int operand) {
            stage = std::max(stage, find_stage(operand));
            has_product = has_product || has_product_[operand];
        });
    }
    has_product_[node] = has_product;
    return stage_of_[node] = stage;
}

/// What crosses from one stage to a later one is kept in memory; pointwise values of leaves are computed
/// again instead.
void StepPipeline::choose_materialised() {
    std::set<int> kept;
    const int last = static_cast<int>(stages_.size()) - 1;
    const auto cross = [&](int node, int reader_stage) {
        if (has_product_[node] && stage_of_[node] < reader_stage) {
            kept.insert(node);
        }
    };
    for (const auto& [node, stage] : stage_of_) {
        if (const auto sum = d_.sums.find(node); sum != d_.sums.end()) {
            for (const product_term& term : sum->second.terms) {
                if (term.operand >= 0) {
                    kept.insert(term.operand);
                }
            }
        } else if (!is_leaf(node)) {
            d_.graph->for_each_operand(node, [&, reader = stage](int operand) { cross(operand, reader); });
        }
    }
    for (const int r : d_.results) {
        cross(r, last);
    }
    for (const int node : kept) {
        stages_[static_cast<std::size_t>(stage_of_[node])].materialised.push_back(node);
    }
}

void StepPipeline::count_readers() {
    for (const auto& entry : stage_of_) {
        if (!d_.sums.contains(entry.first) && !is_leaf(entry.first)) {
            d_.graph->for_each_operand(entry.first, [&](int operand) { ++readers_[operand]; });
        }
    }
    for (const int r : d_.results) {
        ++readers_[r];
    }
    for (const stage_funcs& s : stages_) {
        for (const int node : s.materialised) {
            ++readers_[node];
        }
    }
}

/// p / q where the node is such a quotient and nobody else needs its value.
const Internal::Div* StepPipeline::fraction(int node, const Expr& value) const {
    const declaration::node& n = d_.graph->nodes[node];
    const bool is_one =
        n.kind == declaration::node_kind::operation && is_fraction(n.index) && readers_.at(node) == 1;
    return is_one ? value.as<Internal::Div>() : nullptr;
}

Expr StepPipeline::lower_node(int node, int stage) {
    const declaration::node& n = d_.graph->nodes[node];
    const Expr a = lower(n.a, stage), b = n.b >= 0 ? lower(n.b, stage) : Expr();
    if (n.index == declaration::row_of<declaration::multiply_op>()) {
        const Internal::Div *const left = fraction(n.a, a), *const right = fraction(n.b, b);
        if (left != nullptr && right != nullptr) {
            return left->a * right->a / (left->b * right->b);
        }
    }
    return lower_operation(n.index, a, b);
}

Expr StepPipeline::lower(int node, int stage) {
    if (const auto known = lowered_.find(node); known != lowered_.end()) {
        return known->second;
    }
    const auto& earlier = stages_[static_cast<std::size_t>(stage_of_.at(node))];
    const auto kept = std::find(earlier.materialised.begin(), earlier.materialised.end(), node);
    Expr value;
    if (const std::optional<Expr> leaf = d_.leaf(node, point())) {
        value = *leaf;
    } else if (stage_of_.at(node) < stage && kept != earlier.materialised.end()) {
        value = element(earlier.func, here(), static_cast<int>(kept - earlier.materialised.begin()));
    } else if (sum_at_.contains(node)) {
        value = sum_value(stage, node);
    } else {
        value = lower_node(node, stage);
    }
    return lowered_[node] = value;
}

void StepPipeline::build_stage(int s) {
    stage_funcs& current = stages_[static_cast<std::size_t>(s)];
    const bool is_last = s + 1 == static_cast<int>(stages_.size());
    std::vector<Expr> values;
    for (const int node : is_last ? d_.results : current.materialised) {
        Expr value = lower(node, s);
        if (is_last && d_.zero_padding && d_.shape.units < d_.shape.lanes * d_.shape.blocks) {
            value = zero_unless(v_.block * d_.shape.lanes + v_.lane < d_.shape.units, value);
        }
        values.push_back(value);
    }
    current.func = Func(is_last ? "step" : "stage_" + std::to_string(s));
    if (is_last && values.size() > 1) {
        // Stored one after the other, each result would be computed anew from what is loaded: a store may
        // change what a load from the same buffer, such as the step before's state, finds.
        current.values = Func("values");
        define(current.values, values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = element(current.values, here(), static_cast<int>(i));
        }
    }
    define(current.func, values);
}

void StepPipeline::schedule() {
    const bool one_stage = stages_.size() == 1;
    // Stages belong to their own time step, also where several make one round of the loop.
    const int steps_of_round = std::max(d_.unroll, d_.steps_ahead);
    const Var one_step = steps_of_round > 1 ? Var(one_step_of_round) : v_.time;
    for (stage_funcs& s : stages_) {
        int products = 1, depth = 0;
        for (const product_pass& p : s.passes) {
            products = std::max(products, p.products);
            depth = std::max(depth, p.depth);
        }
        const register_tile tile = choose_tile(target_, d_.shape, products, depth);
        const bool is_last = &s == &stages_.back();
        if (!is_last) {
            s.func.compute_at(results_, one_step).store_in(MemoryType::Stack);
        }
        const bool fits = one_stage && tile.rows % d_.rows_of_vector == 0;
        const step_loops loops = schedule_step(s.func, v_, tile, one_stage, fits ? d_.rows_of_vector : 1);
        if (s.values.defined()) {
            schedule_values(s.values, s.func, v_, loops);
        }
        for (const product_pass& p : s.passes) {
            Func sums = p.func;
            sums.compute_at(s.func, loops.accumulators).store_in(MemoryType::Stack);
            schedule_accumulators(sums, v_, p.k, tile);
        }
    }
    if (steps_of_round > 1) {
        results_.split(v_.time, v_.time, one_step, steps_of_round, TailStrategy::GuardWithIf);
        if (d_.steps_ahead == 1) {
            results_.unroll(one_step);
        }
    }
    for (const products_ahead& ahead : ahead_) {
        Func starts = ahead.starts;
        starts.compute_at(results_, v_.time).store_in(MemoryType::Stack);
        schedule_ahead(starts, ahead.sums, v_, ahead.k, ahead.products, d_.shape, d_.steps_ahead, target_);
    }
}

} // namespace timeloom::codegen
