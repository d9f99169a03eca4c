#include "timeloom/codegen/step_pipeline.hpp"

#include "timeloom/codegen/lower_operation.hpp"

#include <algorithm>
#include <utility>

namespace timeloom::codegen {

using namespace Halide;

namespace {

std::vector<Expr> as_exprs(const std::vector<Var>& vars) { return {vars.begin(), vars.end()}; }

/// The value where the condition holds, else 0, whatever the value is. Done on the bits: a select would let
/// Halide ask its operands for the kept lanes only, and the loops over those would no longer be whole
/// vectors.
Expr zero_unless(const Expr& condition, const Expr& value) {
    const Expr mask = select(condition, Expr(-1), Expr(0));
    return reinterpret<float>(reinterpret<int>(value) & mask);
}

void define(Func& f, const std::vector<Var>& at, const std::vector<Expr>& values) {
    if (values.size() == 1) {
        f(at) = values[0];
    } else {
        f(at) = Tuple(values);
    }
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
    for (int s = 0; s <= last; ++s) {
        build_sums(s);
        build_stage(s);
    }
    results_ = stages_.back().func;
    schedule();
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

Expr StepPipeline::lower(int node, int stage) {
    if (const auto known = lowered_.find(node); known != lowered_.end()) {
        return known->second;
    }
    const step_point here{v_.block * d_.shape.lanes + v_.lane, v_.row_block * d_.shape.rows + v_.row,
                          v_.time};
    const auto& earlier = stages_[static_cast<std::size_t>(stage_of_.at(node))];
    const auto kept = std::find(earlier.materialised.begin(), earlier.materialised.end(), node);
    Expr value;
    if (const std::optional<Expr> leaf = d_.leaf(node, here)) {
        value = *leaf;
    } else if (stage_of_.at(node) < stage && kept != earlier.materialised.end()) {
        value =
            element(earlier.func, as_exprs(v_.all()), static_cast<int>(kept - earlier.materialised.begin()));
    } else if (sum_at_.contains(node)) {
        value = sum_value(stage, node);
    } else {
        const dsl::node& n = d_.graph->nodes[node];
        value = lower_operation(n.index, lower(n.a, stage), n.b >= 0 ? lower(n.b, stage) : Expr());
    }
    return lowered_[node] = value;
}

Expr StepPipeline::operand_value(const product_term& term, const Expr& k) {
    const Expr row = v_.row_block * d_.shape.rows + v_.row;
    if (term.operand < 0) {
        return term.value(k, row, v_.time);
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
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (int s = 0; s < pass.partial_sums; ++s) {
            Expr value = element(pass.func, as_exprs(v_.all()), static_cast<int>(i) * pass.partial_sums + s);
            for (const product_term& term : d_.sums.at(nodes[i]).terms) {
                if (term.loop == loop && s < partial) {
                    const Expr k = partial > 1 ? range.x * partial + s : Expr(range.x);
                    value += operand_value(term, k) * term.weight(v_.lane, v_.block, k);
                }
            }
            values.push_back(value);
        }
    }
    define(pass.func, v_.all(), values);
    pass.k.push_back(range.x);
}

/// The starts of the nodes' sums with all products that are known ahead, for steps_ahead time steps; nothing
/// where there are none. Steps beyond the last one are made of that one's values, and thrown away.
std::optional<Func> StepPipeline::build_ahead(const std::vector<int>& nodes) {
    const std::string name = "ahead_" + std::to_string(ahead_.size());
    products_ahead ahead{Func(name), Func(name + "_sums"), {}, static_cast<int>(nodes.size())};
    const step_point here{v_.block * d_.shape.lanes + v_.lane, v_.row_block * d_.shape.rows + v_.row,
                          v_.time};
    std::vector<Expr> starts;
    std::map<int, int> loops; // loop key → extent
    for (const int node : nodes) {
        starts.push_back(d_.sums.at(node).start(here));
        for (const product_term& term : d_.sums.at(node).terms) {
            if (term.is_ahead) {
                loops[term.loop] = term.extent;
            }
        }
    }
    if (loops.empty() || d_.steps_ahead == 1) {
        return std::nullopt;
    }
    define(ahead.sums, v_.all(), starts);
    for (const auto& [loop, extent] : loops) {
        const RDom k(0, extent, "k");
        std::vector<Expr> values;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            Expr value = element(ahead.sums, as_exprs(v_.all()), static_cast<int>(i));
            for (const product_term& term : d_.sums.at(nodes[i]).terms) {
                if (term.is_ahead && term.loop == loop) {
                    value += term.value(k.x, here.row, min(v_.time, d_.last_time)) *
                             term.weight(v_.lane, v_.block, k.x);
                }
            }
            values.push_back(value);
        }
        define(ahead.sums, v_.all(), values);
        ahead.k.push_back(k.x);
    }
    std::vector<Expr> copies;
    for (int i = 0; i < ahead.products; ++i) {
        copies.push_back(element(ahead.sums, as_exprs(v_.all()), i));
    }
    define(ahead.starts, v_.all(), copies);
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
    const step_point here{v_.block * d_.shape.lanes + v_.lane, v_.row_block * d_.shape.rows + v_.row,
                          v_.time};
    const std::optional<Func> ahead = build_ahead(nodes);
    std::vector<Expr> start;
    std::map<int, int> loops; // loop key → extent
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const int node = nodes[i];
        sum_at_[node] = {static_cast<int>(passes.size()), static_cast<int>(start.size())};
        start.push_back(ahead ? element(*ahead, as_exprs(v_.all()), static_cast<int>(i))
                              : d_.sums.at(node).start(here));
        start.resize(start.size() + static_cast<std::size_t>(pass.partial_sums) - 1, Expr(0.0f));
        for (const product_term& term : d_.sums.at(node).terms) {
            if (!(ahead && term.is_ahead)) {
                loops[term.loop] = term.extent;
            }
        }
    }
    define(pass.func, v_.all(), start);
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
    const auto most = static_cast<std::size_t>(products_per_pass(target_));
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
    Expr sum = element(pass.func, as_exprs(v_.all()), first);
    for (int s = 1; s < pass.partial_sums; ++s) {
        sum += element(pass.func, as_exprs(v_.all()), first + s);
    }
    return sum;
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
        define(current.values, v_.all(), values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = element(current.values, as_exprs(v_.all()), static_cast<int>(i));
        }
    }
    define(current.func, v_.all(), values);
}

void StepPipeline::schedule() {
    const bool one_stage = stages_.size() == 1;
    // Stages belong to their own time step, also where several make one round of the loop.
    const int steps_of_round = std::max(d_.unroll, d_.steps_ahead);
    const Var one_step = steps_of_round > 1 ? Var("step_of_round") : v_.time;
    for (stage_funcs& s : stages_) {
        int products = 1;
        for (const product_pass& p : s.passes) {
            products = std::max(products, p.products);
        }
        const register_tile tile = choose_tile(target_, d_.shape, products);
        const bool is_last = &s == &stages_.back();
        if (!is_last) {
            s.func.compute_at(results_, one_step).store_in(MemoryType::Stack);
        }
        const step_loops loops =
            schedule_step(s.func, v_, tile, one_stage, one_stage ? d_.rows_of_vector : 1);
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
