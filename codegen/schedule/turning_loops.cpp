#include "timeloom/codegen/schedule/turning_loops.hpp"

#include "timeloom/codegen/schedule/schedule.hpp"

namespace timeloom::codegen {

namespace {

using namespace Halide;
using namespace Halide::Internal;

bool is_loop(const For* loop, const std::string& variable) { return ends_with(loop->name, "." + variable); }

class LetLoopsTurn : public IRMutator {
  public:
    explicit LetLoopsTurn(const Func& result) {
        const std::string buffer = result.name() + (result.outputs() > 1 ? ".0" : "") + ".buffer";
        const int time_dimension = result.dimensions() - 1;
        first_time_ =
            Call::make(Int(32), Call::buffer_get_min,
                       {Variable::make(type_of<halide_buffer_t*>(), buffer), time_dimension}, Call::Extern);
    }

  private:
    using IRMutator::visit;

    Stmt visit(const For* loop) override {
        const std::string time = step_vars().time.name();
        if (is_loop(loop, time + ".rebased")) { // counts from zero
            ScopedValue<Expr> scope(time_, Variable::make(Int(32), loop->name) + first_time_);
            return IRMutator::visit(loop);
        }
        if (is_loop(loop, time) || is_loop(loop, one_step_of_round)) {
            ScopedValue<Expr> scope(time_, Variable::make(Int(32), loop->name));
            return IRMutator::visit(loop);
        }
        if (!time_.defined() || !is_loop(loop, turning_loop)) {
            return IRMutator::visit(loop);
        }
        const std::string round = loop->name + "_round";
        const Expr forth = Variable::make(Int(32), round);
        const Expr back = 2 * loop->min + loop->extent - 1 - forth;
        const Stmt body =
            LetStmt::make(loop->name, select((time_ & 1) == 0, forth, back), mutate(loop->body));
        return For::make(round, loop->min, loop->extent, loop->for_type, loop->partition_policy,
                         loop->device_api, body);
    }

    Expr first_time_, time_;
};

} // namespace

void let_loops_turn(Pipeline& pipeline, const kernel_pipeline& kernel) {
    pipeline.add_custom_lowering_pass(new LetLoopsTurn(kernel.outputs[0]));
}

} // namespace timeloom::codegen
