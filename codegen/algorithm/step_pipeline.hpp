// One time step of a cell, forward or backward, as Halide Funcs: sums of products, stages, and the Func of
// results.
#pragma once

#include "timeloom/codegen/schedule/schedule.hpp"
#include "timeloom/dsl/cells/graph.hpp"

#include <Halide.h>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace timeloom::codegen {

/// Where in the step's domain a value is read.
struct step_point {
    Halide::Expr unit, row, time;
};

/// One product of a sum: Σ_k value(k) · weight(lane, block, k). Products with the same `loop` share a loop
/// over k.
struct product_term {
    int loop = 0;
    int extent = 0;        ///< k runs from 0 to extent − 1
    int operand = -1;      ///< node that is multiplied where it is computed within the step, else −1
    bool is_ahead = false; ///< `value` is known before the step
    std::function<Halide::Expr(const Halide::Expr& k, const Halide::Expr& row, const Halide::Expr& time)>
        value;
    std::function<Halide::Expr(const Halide::Expr& lane, const Halide::Expr& block, const Halide::Expr& k)>
        weight;
};

/// A node that is a sum of products: start + Σ terms.
struct product_sum {
    std::function<Halide::Expr(const step_point&)> start;
    std::vector<product_term> terms;
};

/// The description of a step, filled in by forward.cpp and backward.cpp.
struct step_description {
    const declaration::graph* graph = nullptr;
    step_shape shape;
    std::vector<int> results; ///< nodes, in the order of the outputs
    std::function<std::optional<Halide::Expr>(int, const step_point&)>
        leaf;                        ///< values that are not computed here
    std::map<int, product_sum> sums; ///< by node
    bool zero_padding =
        false;           ///< results beyond the units are zero, not whatever the equations make of zeros
    int unroll = 1;      ///< time steps in one round of the loop over time
    int steps_ahead = 1; ///< of single rows: time steps whose products of terms `is_ahead` are made at once
    Halide::Expr last_time{}; ///< where steps_ahead > 1
    int rows_of_vector = 1; ///< rows whose pointwise part is one vector, where a tile's rows divide into them
};

/// The step's results as one Func of a Tuple over (lane, block, row, row_block, time), scheduled for
/// `target`.
class StepPipeline {
  public:
    StepPipeline(step_description description, const Halide::Target& target);

    Halide::Func results() const { return results_; }

    /// Value `i` of a Func whether it has one value or a Tuple of them.
    static Halide::Expr element(const Halide::Func& f, const std::vector<Halide::Expr>& at, int i);

  private:
    /// All variables of a step's Funcs, what they stand for, and the definition of a Func at them.
    std::vector<Halide::Expr> here() const;
    step_point point() const;
    void define(Halide::Func& f, const std::vector<Halide::Expr>& values) const;

    bool is_leaf(int node) const;
    int find_stage(int node);
    void choose_materialised();
    void count_readers();
    const Halide::Internal::Div* fraction(int node, const Halide::Expr& value) const;
    Halide::Expr lower_node(int node, int stage);
    Halide::Expr lower(int node, int stage);
    Halide::Expr operand_value(const product_term& term, const Halide::Expr& k);
    void build_sums(int stage);
    void build_stage(int stage);
    void schedule();

    /// Products that share their loops; of each value several partial sums where rows are too few to keep the
    /// processor busy.
    struct product_pass {
        Halide::Func func;
        std::vector<Halide::RVar> k;
        int products = 0;
        int partial_sums = 1;
        int depth = 0; ///< rows of the matrices that a product reads
    };
    /// Starts of a pass's sums for several time steps: what is known before them.
    struct products_ahead {
        Halide::Func starts, sums;
        std::vector<Halide::RVar> k;
        int products = 0;
    };
    void build_pass(int stage, const std::vector<int>& nodes);
    void add_products(product_pass& pass, const std::vector<int>& nodes, int loop, const Halide::RDom& range,
                      int partial);
    Halide::Expr sum_value(int stage, int node) const;
    std::optional<Halide::Func> build_ahead(const std::vector<int>& nodes);
    struct stage_funcs {
        std::vector<int> materialised; ///< nodes that later stages (or the results) read from memory
        Halide::Func values;           ///< of the last stage: its results, before they are stored
        Halide::Func func;
        std::vector<product_pass> passes;
    };

    step_description d_;
    Halide::Target target_;
    step_vars v_;
    std::vector<stage_funcs> stages_;
    std::vector<products_ahead> ahead_;
    std::map<int, int> stage_of_;
    std::map<int, bool> has_product_;
    std::map<int, int> readers_;                ///< node → places that need its value
    std::map<int, std::pair<int, int>> sum_at_; ///< node → pass and first element, of the stage being built
    std::map<int, Halide::Expr> lowered_;       ///< of the stage being built
    Halide::Func results_;
};

} // namespace timeloom::codegen
