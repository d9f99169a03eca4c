// Kernels of a network that is made at run time: emitted ahead of time as for any program, then loaded.
#pragma once

#include "../support/temporary_folder.hpp"

#include "timeloom/dsl/network/network.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timeloom::codegen {
class model_plan;
}

namespace timeloom::tests {

/// The first of the library's targets that this machine can run, and all that it can run.
std::string best_target();
std::vector<std::string> runnable_targets();
/// The features of a target that this CPU lacks, as text; empty where it can run.
std::string missing_features(const std::string& target);

/// Emits kernels with the library's emit_model(), links them into a shared object and loads it.
class CompiledNetwork {
  public:
    using Wanted = std::function<bool(plan::KernelKind, int variant)>;

    /// `targets`: best first, one of which is chosen at the first call of a kernel; `wanted`: kernels to
    /// emit, empty for all.
    CompiledNetwork(declaration::network network, const std::vector<std::string>& targets,
                    const Wanted& wanted = {});
    ~CompiledNetwork();
    CompiledNetwork(const CompiledNetwork&) = delete;
    CompiledNetwork& operator=(const CompiledNetwork&) = delete;

    const declaration::network& network() const { return network_; }
    const plan::Model& plan() const { return plan_; }
    /// The plan of a network that differs from this one only in what kernels do not depend on.
    const plan::Model& plan_of(const declaration::network& network) const;

  private:
    struct Kernel {
        std::string name;
        std::vector<plan::KernelArgument> signature;
    };

    void load(const std::string& archive);
    void add_kernels(const Wanted& wanted);

    declaration::network network_;
    TemporaryFolder folder_;
    void* library_ = nullptr;
    std::deque<Kernel> kernels_; ///< what the entries point at
    std::vector<plan::Kernel> entries_;
    mutable std::vector<std::unique_ptr<codegen::model_plan>> plans_;
    plan::Model plan_;
};

/// A network of one cell, as describe() would make it.
declaration::network network_of(const declaration::graph& cell, int features, int units, int timesteps,
                                bool return_sequences, int unroll = 1);

/// Kernels that a batch of `rows` needs: those for whole tiles of rows or those for single rows.
CompiledNetwork::Wanted kernels_for(int rows);
/// Rows that kernels compute together.
int row_tile();
/// Rows that Shard would make room for.
int padded_rows(int rows);

} // namespace timeloom::tests
