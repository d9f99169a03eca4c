#include "timeloom/codegen/passes/row_vectors.hpp"

namespace timeloom::codegen {

namespace {

using namespace Halide;
using namespace Halide::Internal;

/// Length of the runs of consecutive numbers that `indices` consists of, or 0 where they differ.
int run_length(const std::vector<int>& indices) {
    const auto size = static_cast<int>(indices.size());
    int length = 1;
    const auto at = [&](int i) { return indices[static_cast<std::size_t>(i)]; };
    while (length < size && at(length) == at(length - 1) + 1) {
        ++length;
    }
    for (int i = 0; i < size; ++i) {
        if (size % length != 0 || at(i) != at(i - i % length) + i % length) {
            return 0;
        }
    }
    return length;
}

class AccessRowsApart : public IRMutator {
    using IRMutator::visit;

    Expr visit(const Shuffle* shuffle) override {
        const Load* const load = shuffle->vectors.size() == 1 ? shuffle->vectors[0].as<Load>() : nullptr;
        const Ramp* const ramp = load != nullptr ? load->index.as<Ramp>() : nullptr;
        const int run = ramp != nullptr && is_const_one(ramp->stride) && is_const_one(load->predicate)
                            ? run_length(shuffle->indices)
                            : 0;
        if (run < 2) {
            return IRMutator::visit(shuffle);
        }
        std::vector<Expr> rows;
        for (std::size_t i = 0; i < shuffle->indices.size(); i += static_cast<std::size_t>(run)) {
            const Expr start = simplify(mutate(ramp->base) + shuffle->indices[i]);
            rows.push_back(Load::make(load->type.with_lanes(run), load->name, Ramp::make(start, 1, run),
                                      load->image, load->param, const_true(run), ModulusRemainder()));
        }
        return Shuffle::make_concat(rows);
    }

    Stmt visit(const Store* store) override {
        const Shuffle* const rows = store->index.as<Shuffle>();
        if (rows == nullptr || !rows->is_concat() || !is_const_one(store->predicate)) {
            return IRMutator::visit(store);
        }
        const std::string name = unique_name("rows");
        const Expr value = Variable::make(store->value.type(), name);
        std::vector<Stmt> stores;
        int first = 0;
        for (const Expr& row : rows->vectors) {
            const int lanes = row.type().lanes();
            stores.push_back(Store::make(store->name, Shuffle::make_slice(value, first, 1, lanes),
                                         mutate(row), store->param, const_true(lanes), ModulusRemainder()));
            first += lanes;
        }
        return LetStmt::make(name, mutate(store->value), Block::make(stores));
    }
};

} // namespace

void access_rows_apart(Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new AccessRowsApart); }

} // namespace timeloom::codegen
