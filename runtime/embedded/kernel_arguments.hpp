// What the arguments of a cell's forward kernel are, for one row, known at compile time.
#pragma once

#include "timeloom/runtime/embedded/memory_map.hpp"

#include <HalideRuntime.h>

#include <array>

namespace timeloom::embedded {

/// A halide_dimension_t that can be a constant.
struct Dimension {
    std::int32_t min = 0, extent = 0, stride = 0;
    std::uint32_t flags = 0;
};
static_assert(sizeof(Dimension) == sizeof(halide_dimension_t));

struct Argument {
    bool is_known = false;
    bool is_parameter = false; ///< it lies in the weights, not in the memory
    std::ptrdiff_t offset = 0;
    int dimensions = 0;
    std::array<Dimension, 5> shape{};
};

/// The forward kernel for single rows of the layer at `position`. Every cell has one.
constexpr const plan::Kernel& forward_kernel(const plan::Model& plan, std::size_t position) {
    std::size_t i = 0;
    while (plan.kernels[i].layer != plan.layers[position].kernels_of ||
           plan.kernels[i].kind != plan::KernelKind::forward || plan.kernels[i].variant != 1) {
        ++i;
    }
    return plan.kernels[i];
}

/// Describes the arguments of the layer's kernel as plan/kernel.hpp says what they mean.
class ArgumentsOf {
  public:
    /// `first_time`: the number of the first time step, odd where the kernel shall go backwards through its
    /// weights, which are then still in the cache.
    constexpr ArgumentsOf(const plan::Layer& layer, const NodeMemory& node, int first_time)
        : layer_(layer), node_(node), first_time_(first_time) {}

    constexpr Argument operator()(const plan::KernelArgument& argument) const {
        using plan::ArgumentRole;
        const int width = plan::padded(layer_.units);
        switch (argument.role) {
        case ArgumentRole::input:
            return read(node_.cell_input);
        case ArgumentRole::matrices:
            return matrices(layer_.cell.products[static_cast<std::size_t>(argument.index)]);
        case ArgumentRole::vectors:
            return parameters(layer_.vectors, {{{0, width, 1}, {0, layer_.cell.vectors, width}}}, 2);
        case ArgumentRole::previous_state:
            return read(node_.previous_state(argument.index));
        case ArgumentRole::next_state:
            return written(node_.states[static_cast<std::size_t>(argument.index)]);
        case ArgumentRole::output:
            return written(node_.cell_output);
        case ArgumentRole::step_mask:
            return values(node_.cell_input.mask_offset,
                          {{{0, 1, 1}, time(node_.cell_input.timesteps, node_.cell_input.mask_stride)}}, 2,
                          node_.cell_input.is_masked);
        default:
            return {};
        }
    }

  private:
    using Shape = std::array<Dimension, 5>;

    constexpr Dimension time(int timesteps, std::ptrdiff_t stride) const {
        return {first_time_, timesteps, static_cast<std::int32_t>(stride)};
    }
    static constexpr Argument values(std::ptrdiff_t offset, const Shape& shape, int dimensions,
                                     bool is_known = true) {
        return {is_known, false, offset, dimensions, shape};
    }
    static constexpr Argument parameters(std::size_t offset, const Shape& shape, int dimensions) {
        return {true, true, static_cast<std::ptrdiff_t>(offset), dimensions, shape};
    }
    /// (k, b, t)
    constexpr Argument read(const View& v) const {
        const int width = plan::padded(v.width);
        return values(v.offset, {{{0, width, 1}, {0, 1, width}, time(v.timesteps, v.stride)}}, 3);
    }
    /// (lane, block, row, row_block, time)
    constexpr Argument written(const View& v) const {
        const int lanes = plan::lane_block(v.width), width = plan::padded(v.width);
        return values(v.offset,
                      {{{0, lanes, 1},
                        {0, plan::block_count(v.width), lanes},
                        {0, 1, width},
                        {0, 1, width},
                        time(v.timesteps, v.stride)}},
                      5);
    }
    /// (lane, gate, k, block)
    constexpr Argument matrices(const plan::Product& product) const {
        const int lanes = plan::lane_block(layer_.units);
        const int k = product.reads_input() ? layer_.features : layer_.units;
        return parameters(product.offset,
                          {{{0, lanes, 1},
                            {0, product.gates, lanes},
                            {0, k, lanes * product.gates},
                            {0, plan::block_count(layer_.units), lanes * product.gates * k}}},
                          4);
    }

    const plan::Layer& layer_;
    const NodeMemory& node_;
    int first_time_;
};

} // namespace timeloom::embedded
