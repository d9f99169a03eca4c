#include "timeloom/codegen/plan/plan_equations.hpp"

#include "timeloom/dsl/cells/ops.hpp"
#include "timeloom/dsl/cells/products.hpp"

#include <string>
#include <vector>

namespace timeloom::codegen {

namespace {

using plan::Operation;
using plan::TermKind;

static_assert(declaration::row_of<declaration::negate_op>() == static_cast<int>(Operation::negate));
static_assert(declaration::row_of<declaration::subtract_op>() == static_cast<int>(Operation::subtract));
static_assert(declaration::row_of<declaration::divide_op>() == static_cast<int>(Operation::divide));
static_assert(declaration::row_of<declaration::greater_op>() == static_cast<int>(Operation::greater));
static_assert(declaration::row_of<declaration::max_op>() == static_cast<int>(Operation::max));
static_assert(declaration::row_of<declaration::exp_op>() == static_cast<int>(Operation::exp));
static_assert(declaration::row_of<declaration::sqrt_op>() == static_cast<int>(Operation::sqrt));
static_assert(declaration::row_of<declaration::sigmoid_op>() == static_cast<int>(Operation::sigmoid));
static_assert(declaration::row_of<declaration::softplus_op>() == static_cast<int>(Operation::softplus));
static_assert(decltype(declaration::hana::size(declaration::operations))::value ==
              static_cast<int>(Operation::softplus) + 1);

/// Turns the nodes of a step into terms, one by one; what recurrent dropout adds to them has none.
class Terms {
  public:
    explicit Terms(const declaration::graph& step) : step_(step) {
        for (int node = 0; node < step.nodes.size(); ++node) {
            term_of_.push_back(add(step.nodes[node]));
        }
    }

    int of(int node) const { return node < 0 ? -1 : term_of_[static_cast<std::size_t>(node)]; }
    std::vector<plan::Term> take() { return std::move(terms_); }

  private:
    bool is_recurrent_mask(int node) const {
        return node >= 0 && step_.nodes[node].kind == declaration::node_kind::recurrent_mask;
    }

    int add(const declaration::node& n) {
        if (n.kind == declaration::node_kind::recurrent_mask) {
            return -1;
        }
        if (n.kind == declaration::node_kind::operation && is_recurrent_mask(n.b)) {
            return of(n.a); // inference multiplies by one
        }
        terms_.push_back({kind_of(n.kind), n.index, of(n.a), of(n.b), n.constant});
        return static_cast<int>(terms_.size()) - 1;
    }

    static TermKind kind_of(declaration::node_kind kind) {
        switch (kind) {
        case declaration::node_kind::input:
            return TermKind::input;
        case declaration::node_kind::state:
            return TermKind::state;
        case declaration::node_kind::vector:
            return TermKind::vector;
        case declaration::node_kind::affine:
            return TermKind::affine;
        case declaration::node_kind::operation:
            return TermKind::operation;
        case declaration::node_kind::step_mask:
            return TermKind::step_mask;
        default: // a forward step has no other
            return TermKind::constant;
        }
    }

    const declaration::graph& step_;
    std::vector<int> term_of_;
    std::vector<plan::Term> terms_;
};

std::vector<plan::CellMatrix> matrices_of(const declaration::layer& layer, const layer_offsets& offsets,
                                          const Terms& terms, plan_storage& storage) {
    const declaration::graph& step = layer.cell.step;
    const auto groups = declaration::product_groups(step);
    std::vector<plan::CellMatrix> matrices;
    for (int m = 0; m < step.matrices.size(); ++m) {
        for (int g = 0; g < groups.size(); ++g) {
            if (const int gate = groups[g].matrices.find(m); gate >= 0) {
                const int rows = groups[g].reads_input ? layer.features : layer.units;
                matrices.push_back({storage.keep(std::string(step.matrices[m].gate.view())),
                                    terms.of(step.matrices[m].operand),
                                    {offsets.products[static_cast<std::size_t>(g)], rows, layer.units,
                                     groups[g].matrices.size(), gate, plan::lane_block(layer.units)}});
            }
        }
    }
    return matrices;
}

std::vector<plan::CellVector> vectors_of(const declaration::layer& layer, const layer_offsets& offsets,
                                         plan_storage& storage) {
    const declaration::graph& step = layer.cell.step;
    std::vector<plan::CellVector> vectors;
    for (int v = 0; v < step.vectors.size(); ++v) {
        const auto width = static_cast<std::size_t>(plan::padded(layer.units));
        const std::size_t offset = offsets.vectors + static_cast<std::size_t>(v) * width;
        vectors.push_back({storage.keep(std::string(step.vectors[v].gate.view())),
                           {offset, 1, layer.units, 1, 0, plan::lane_block(layer.units)}});
    }
    return vectors;
}

template <class Numbers>
std::span<const int> kept(const Numbers& numbers, plan_storage& storage) {
    return storage.keep(std::vector<int>(numbers.begin(), numbers.end()));
}

} // namespace

plan::Equations plan_equations(const declaration::layer& layer, const layer_offsets& offsets,
                               plan_storage& storage) {
    const declaration::graph& step = layer.cell.step;
    Terms terms(step);
    std::vector<plan::Affine> affines;
    for (const declaration::affine_sum& sum : step.affines) {
        affines.push_back({kept(sum.matrices, storage), kept(sum.biases, storage)});
    }
    std::vector<int> next;
    for (const declaration::state_entry& state : step.states) {
        next.push_back(terms.of(state.next));
    }
    const int output = terms.of(step.output);
    auto matrices = matrices_of(layer, offsets, terms, storage);
    return {.terms = storage.keep(terms.take()),
            .affines = storage.keep(std::move(affines)),
            .matrices = storage.keep(std::move(matrices)),
            .vectors = storage.keep(vectors_of(layer, offsets, storage)),
            .next_states = storage.keep(std::move(next)),
            .output = output};
}

} // namespace timeloom::codegen
