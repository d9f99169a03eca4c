#include "timeloom/codegen/passes/carry_state.hpp"

#include <map>

namespace timeloom::codegen {

namespace {

using namespace Halide;
using namespace Halide::Internal;

struct output_buffer {
    std::string name;
    Parameter parameter;
};

/// Loads from a carried image become loads from the output's own buffer, one time step back: the flat index
/// moves by minus one stride of the outermost dimension. The load gets the output's Parameter and no
/// alignment, since LLVM would otherwise assume what it knew of the image.
class CarryState : public IRMutator {
  public:
    explicit CarryState(std::map<std::string, output_buffer> carried) : carried_(std::move(carried)) {}

  private:
    using IRMutator::visit;

    Expr visit(const Load* load) override {
        const auto found = carried_.find(load->name);
        if (found == carried_.end()) {
            return IRMutator::visit(load);
        }
        const std::string stride = load->name + ".stride." + std::to_string(time_dimension);
        Expr step = Variable::make(Int(32), stride);
        if (load->type.is_vector()) {
            step = Broadcast::make(step, load->type.lanes());
        }
        // Simplified, because a ramp minus a broadcast is no ramp any more: it would be loaded lane by lane.
        return Load::make(load->type, found->second.name, simplify(mutate(load->index) - step), Buffer<>(),
                          found->second.parameter, mutate(load->predicate), ModulusRemainder());
    }

    static constexpr int time_dimension = 2; // carried images are (u, b, t)
    std::map<std::string, output_buffer> carried_;
};

} // namespace

void carry_states(Pipeline& pipeline, const kernel_pipeline& kernel) {
    std::map<std::string, output_buffer> carried;
    for (const carried_value& c : kernel.carried) {
        const bool is_tuple = c.func.outputs() > 1;
        const std::string suffix = is_tuple ? "." + std::to_string(c.element) : "";
        const auto element = static_cast<std::size_t>(c.element);
        carried[c.image] = {c.func.name() + suffix, c.func.output_buffers().at(element).parameter()};
    }
    if (!carried.empty()) {
        pipeline.add_custom_lowering_pass(new CarryState(std::move(carried)));
    }
}

} // namespace timeloom::codegen
