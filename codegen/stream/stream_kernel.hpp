// The kernel of a stream: time steps of all layers in one call.
#pragma once

#include "timeloom/codegen/plan/network_kernels.hpp"
#include "timeloom/codegen/stream/stream_memory.hpp"

#include <string>
#include <vector>

namespace timeloom::codegen {

/// A function (parameters, memory, input, output, samples) that makes so many time steps of one row.
/// In round i a layer of stage s works on sample i - s: what stages read of each other was made a round
/// earlier, so that the processor works on all of them at once. The code of a round is the same for any
/// number of samples, and so are the bits of its results.
Halide::Module build_stream_kernel(const stream_memory& memory, const std::string& name,
                                   const Halide::Target& target);

/// kernels_of(), and the kernel of the model's streams where it is small enough to have one.
std::vector<network_kernel> kernels_with_stream(const declaration::network& network, const std::string& model,
                                                int batch = 0);

} // namespace timeloom::codegen
