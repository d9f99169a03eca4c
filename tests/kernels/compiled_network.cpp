#include "compiled_network.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/codegen/plan/network_kernels.hpp"
#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/codegen/schedule/processors.hpp"
#include "timeloom/codegen/stream/stream_kernel.hpp"
#include "timeloom/generators/emit_model.hpp"

#include <Halide.h>

#include <cstdlib>
#include <dlfcn.h>
#include <stdexcept>

namespace timeloom::tests {

namespace {

constexpr const char* model_name = "tested";

} // namespace

std::string missing_features(const std::string& target) {
    static const Halide::Target host = Halide::get_host_target();
    const Halide::Target needed(target);
    std::string missing;
    for (int f = 0; f < Halide::Target::FeatureEnd; ++f) {
        const auto feature = static_cast<Halide::Target::Feature>(f);
        if (needed.has_feature(feature) && !host.has_feature(feature)) {
            missing += (missing.empty() ? "" : ", ") + Halide::Target::feature_to_name(feature);
        }
    }
    return missing;
}

std::vector<std::string> runnable_targets() {
    std::vector<std::string> targets;
    for (const std::string& target : codegen::default_targets()) {
        if (missing_features(target).empty()) {
            targets.push_back(target);
        }
    }
    return targets;
}

std::string best_target() { return runnable_targets().front(); }

CompiledNetwork::CompiledNetwork(declaration::network network, const std::vector<std::string>& targets,
                                 const Wanted& wanted)
    : network_(std::move(network)) {
    generators::emit_options options;
    options.model = model_name;
    options.directory = folder_.path().string();
    options.targets = targets;
    options.checks_arguments = true; // a wrong extent is then an error here, not a wrong value
    generators::emit_model(network_, options, wanted);
    load((folder_.path() / (options.model + ".a")).string());
    add_kernels(wanted);
}

CompiledNetwork::~CompiledNetwork() {
    if (library_ != nullptr) {
        dlclose(library_);
    }
}

/// The kernels call the Halide runtime of this program, which exports its symbols (ENABLE_EXPORTS).
void CompiledNetwork::load(const std::string& archive) {
    const std::string library = archive + ".so";
    const std::string command = std::string(TIMELOOM_CXX_COMPILER) + " -shared -Wl,-Bsymbolic -o " + library +
                                " -Wl,--whole-archive " + archive + " -Wl,--no-whole-archive";
    if (std::system(command.c_str()) != 0) {
        throw std::runtime_error("cannot link the kernels: " + command);
    }
    library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) {
        throw std::runtime_error(std::string("cannot load the kernels: ") + dlerror());
    }
}

void CompiledNetwork::add_kernels(const Wanted& wanted) {
    for (const codegen::network_kernel& k : codegen::kernels_with_stream(network_, model_name)) {
        if (wanted && !wanted(k.kind, k.variant)) {
            continue;
        }
        const Kernel& kept = kernels_.emplace_back(Kernel{k.code.name, codegen::signature_of(k)});
        const auto call = reinterpret_cast<int (*)(void**)>(dlsym(library_, (kept.name + "_argv").c_str()));
        if (call == nullptr) {
            throw std::runtime_error("the archive lacks kernel " + kept.name);
        }
        entries_.push_back({k.layer, k.kind, k.variant, kept.name, call, kept.signature});
    }
    plan_ = plan_of(network_);
}

const plan::Model& CompiledNetwork::plan_of(const declaration::network& network) const {
    plans_.push_back(std::make_unique<codegen::model_plan>(network, model_name));
    plans_.back()->set_kernels(entries_);
    return plans_.back()->plan();
}

declaration::network network_of(const declaration::graph& cell, int features, int units, int timesteps,
                                bool return_sequences, int unroll) {
    declaration::network n;
    n.inputs = {{.name = "input", .timesteps = timesteps, .features = features}};
    n.layers.push_back({.kind = declaration::layer_kind::cell,
                        .name = std::string(cell.label.view()),
                        .timesteps = timesteps,
                        .features = features,
                        .units = units,
                        .equations = cell,
                        .cell = declaration::differentiate(cell),
                        .return_sequences = return_sequences,
                        .unroll = unroll,
                        .reads = {{0}}});
    return n;
}

int row_tile() { return codegen::row_tile; }

int padded_rows(int rows) {
    const int tile = codegen::row_tile;
    return rows < tile / 2 ? rows : (rows + tile - 1) / tile * tile;
}

CompiledNetwork::Wanted kernels_for(int rows) {
    const int wanted_rows = padded_rows(rows) % codegen::row_tile == 0 ? codegen::row_tile : 1;
    return [wanted_rows](plan::KernelKind kind, int variant) {
        const bool any_rows =
            kind == plan::KernelKind::weight_gradient || kind == plan::KernelKind::vector_gradient;
        return any_rows || variant == wanted_rows;
    };
}

} // namespace timeloom::tests
