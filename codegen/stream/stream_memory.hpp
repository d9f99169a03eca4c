// Where a stream's kernel keeps what one call leaves for the next, and how a layer's units lie in vectors.
#pragma once

#include "timeloom/dsl/network/network.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <Halide.h>

#include <vector>

namespace timeloom::codegen {

/// Units [first, first + lanes) of a layer, which are lanes [lane, lane + lanes) of its block.
struct unit_vector {
    int first = 0;
    int block = 0;
    int lane = 0;
    int lanes = 1;
};

/// The units of a layer in as few vectors as there can be, the last one as short as it can be.
std::vector<unit_vector> unit_vectors(int units, const Halide::Target& target);

/// A layer in the memory of a stream; offsets count floats.
struct stream_layer {
    const declaration::layer* layer = nullptr;
    const plan::Layer* plan = nullptr;
    int stage = 0;           ///< it works on the time step so many before that of the first stage
    int input = -1;          ///< where what it reads lies; -1: in the caller's input
    int output = 0;          ///< where what it hands on lies
    std::vector<int> states; ///< where each state lies
    std::vector<int>
        stored; ///< where the values of nodes lie that are multiplied by matrices, by node; or -1
};

/// The layers of a model that are computed, in order, and the floats of its memory. A stage begins with each
/// recurrent layer but the first: stages of one round do not wait for each other.
struct stream_memory {
    std::vector<stream_layer> layers;
    int stages = 1;
    int size = 0;
};

/// True if one kernel can make all time steps of the model: its layers follow each other in a chain, have no
/// masks, and their weights fit into the first cache.
bool has_stream_kernel(const declaration::network& network);

stream_memory place_stream(const declaration::network& network, const plan::Model& plan);

} // namespace timeloom::codegen
