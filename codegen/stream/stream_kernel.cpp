#include "timeloom/codegen/stream/stream_kernel.hpp"

#include "timeloom/codegen/passes/vector_exp.hpp"
#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/codegen/stream/stream_cell.hpp"

#include <algorithm>
#include <memory>

namespace timeloom::codegen {

using namespace Halide;
using namespace Halide::Internal;

namespace {

/// What the statements of a round read.
struct round_values {
    Expr number = Variable::make(Int(32), "round"), samples = Variable::make(Int(32), "samples");
    /// Always 0, but the compiler cannot know.
    Expr nothing = Variable::make(Int(32), "nothing");
};

/// `body` with many copies of `nothing` on the stack, in different ones of which a round finds where the
/// parameters begin: otherwise the compiler would copy all weights to the stack before the first round.
/// Besides, they put the stack on the boundary of a vector, where what registers do not hold is quickly
/// stored and loaded.
struct stack_of_nothing {
    static constexpr int size = 8;
    static constexpr const char* name = "nothings";

    static Expr in_round(const round_values& round) {
        return Load::make(Int(32), name, round.number & (size - 1), Buffer<>(), Parameter(), const_true(),
                          ModulusRemainder());
    }
    static Stmt around(const Stmt& body, const round_values& round) {
        const Stmt fill = Store::make(name, Broadcast::make(round.nothing, size), Ramp::make(0, 1, size),
                                      Parameter(), const_true(size), ModulusRemainder());
        return Allocate::make(name, Int(32), MemoryType::Stack, {size}, const_true(),
                              Block::make(fill, body));
    }
};

/// No further than the units: what lies behind is the next sample's, or not ours.
void store_output(StreamCell& cell, int units, const Expr& first, Statements& statements) {
    const std::vector<Expr> values = cell.output();
    for (std::size_t v = 0; v < values.size(); ++v) {
        const unit_vector& place = cell.vectors()[v];
        const int end = std::min(place.lanes, units - place.first);
        for (int lane = 0; lane < end;) {
            int lanes = place.lanes;
            while (lanes > end - lane) {
                lanes /= 2;
            }
            const Expr part = lanes == place.lanes ? values[v]
                              : lanes == 1         ? Shuffle::make_extract_element(values[v], lane)
                                                   : Shuffle::make_slice(values[v], lane, 1, lanes);
            statements.store(stream_buffer::output, part, first + (place.first + lane));
            lane += lanes;
        }
    }
}

/// All layers of a stage on one sample.
Stmt one_stage(const stream_memory& memory, int stage, const round_values& round, const Target& target) {
    Statements statements;
    const Expr sample = statements.keep("sample", round.number - stage);
    const Expr first_parameter = statements.keep("first_parameter", stack_of_nothing::in_round(round));
    for (const stream_layer& layer : memory.layers) {
        if (layer.stage == stage) {
            StreamCell cell(layer, target, sample, first_parameter, statements);
            cell.compute();
            if (target.arch == Target::WebAssembly) {
                // Its compiler moves calculations of a block of code to where they are stored, and loads not
                // beyond a store: all weights would be loaded first, and kept on the stack.
                statements.begin_block(round.nothing == 0);
            }
            cell.store();
            if (&layer == &memory.layers.back()) {
                const int units = layer.layer->units;
                store_output(cell, units, statements.keep("first", sample * units), statements);
            }
        }
    }
    const Stmt work = statements.together();
    const Expr has_sample = round.number >= stage && round.number < round.samples + stage;
    return memory.stages == 1 ? work : IfThenElse::make(has_sample, work);
}

/// Later stages first: they read what earlier ones have made in the round before.
Stmt one_round(const stream_memory& memory, const round_values& round, const Target& target) {
    Stmt all;
    for (int stage = 0; stage < memory.stages; ++stage) {
        const Stmt one = one_stage(memory, stage, round, target);
        all = all.defined() ? Block::make(one, all) : one;
    }
    return all;
}

} // namespace

Module build_stream_kernel(const stream_memory& memory, const std::string& name, const Target& target) {
    const round_values round;
    const Stmt body =
        For::make("round", 0, round.samples + (memory.stages - 1), ForType::Serial, Partition::Never,
                  DeviceAPI::None, simplify(expand_exp(one_round(memory, round, target))));
    std::vector<LoweredArgument> arguments;
    for (const std::string& buffer :
         {stream_buffer::parameters, stream_buffer::memory, stream_buffer::input, stream_buffer::output}) {
        arguments.emplace_back(buffer, Argument::InputScalar, Handle(), 0, ArgumentEstimates{});
    }
    arguments.emplace_back("samples", Argument::InputScalar, Int(32), 0, ArgumentEstimates{});
    arguments.emplace_back("nothing", Argument::InputScalar, Int(32), 0, ArgumentEstimates{});
    Module module(name, target);
    module.set_any_strict_float(true);
    module.append(
        LoweredFunc(name, arguments, stack_of_nothing::around(body, round), LinkageType::ExternalPlusArgv));
    return module;
}

std::vector<network_kernel> kernels_with_stream(const declaration::network& network, const std::string& model,
                                                int batch) {
    std::vector<network_kernel> kernels = kernels_of(network, model, batch);
    if (has_stream_kernel(network)) {
        const auto layers = std::make_shared<const declaration::network>(network);
        const auto planned = std::make_shared<const model_plan>(*layers, model);
        const stream_memory memory = place_stream(*layers, planned->plan());
        kernels.push_back(
            {-1,
             plan::KernelKind::stream,
             memory.size,
             {.name = model + "_stream",
              .lowered = [layers, planned, memory](const std::string& function, const Target& target) {
                  return build_stream_kernel(memory, function, target);
              }}});
    }
    return kernels;
}

} // namespace timeloom::codegen
