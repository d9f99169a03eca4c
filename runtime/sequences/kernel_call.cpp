#include "timeloom/runtime/sequences/kernel_call.hpp"

#include "timeloom/runtime/base/halide_message.hpp"
#include "timeloom/runtime/error.hpp"

#include <string>

namespace timeloom::detail {

const plan::Kernel* LayerKernels::find(plan::KernelKind kind, int variant) const {
    for (const plan::Kernel& entry : model_.kernels) {
        if (entry.layer == layer_ && entry.kind == kind && entry.variant == variant) {
            return &entry;
        }
    }
    return nullptr;
}

const plan::Kernel& LayerKernels::get(plan::KernelKind kind, int variant) const {
    if (const plan::Kernel* entry = find(kind, variant)) {
        return *entry;
    }
    throw Error("the plan of " + std::string(model_.name) + " lacks a kernel of layer " +
                std::string(model_.layers[static_cast<std::size_t>(layer_)].name) +
                "; generate it again with timeloom_add_model()");
}

const plan::Kernel& LayerKernels::for_rows(plan::KernelKind kind, int padded_rows) const {
    const plan::Kernel* entry =
        padded_rows % model_.tuning.row_tile == 0 ? find(kind, model_.tuning.row_tile) : nullptr;
    return entry != nullptr ? *entry : get(kind, 1);
}

KernelCall::KernelCall(const plan::Kernel& entry) : entry_(&entry) {
    remember_halide_messages();
    arguments_.reserve(entry.signature.size());
    pointers_.reserve(entry.signature.size());
}

void KernelCall::bind(float* data, std::initializer_list<Dimension> dimensions) {
    pointers_.clear();
    Argument& argument = arguments_.emplace_back();
    argument.buffer.host = reinterpret_cast<std::uint8_t*>(data);
    argument.buffer.type = halide_type_t(halide_type_float, 32);
    argument.buffer.dimensions = static_cast<int>(dimensions.size());
    int i = 0;
    for (const Dimension& d : dimensions) {
        argument.dimensions[static_cast<std::size_t>(i++)] = {0, static_cast<std::int32_t>(d.extent),
                                                              static_cast<std::int32_t>(d.stride)};
    }
}

void KernelCall::rebase_result(float* data) {
    arguments_.back().buffer.host = reinterpret_cast<std::uint8_t*>(data);
}

void KernelCall::bind_over_time(float* data, std::initializer_list<Dimension> dimensions, bool is_piece) {
    bind(data, dimensions);
    arguments_.back().first_step = arguments_.back().buffer.host;
    arguments_.back().is_piece = is_piece;
}

void KernelCall::bind_over_time(const std::int32_t* data, std::initializer_list<Dimension> dimensions) {
    bind_over_time(reinterpret_cast<float*>(const_cast<std::int32_t*>(data)), dimensions);
    arguments_.back().buffer.type = halide_type_t(halide_type_int, 32);
}

void KernelCall::select_time(int first, int count, int number) {
    for (Argument& argument : arguments_) {
        if (argument.first_step != nullptr) {
            halide_dimension_t& time =
                argument.dimensions[static_cast<std::size_t>(argument.buffer.dimensions - 1)];
            time.min = number;
            time.extent = count;
            const int step = !argument.is_piece ? first : time.stride < 0 ? 1 - count : 0;
            const std::ptrdiff_t values = std::ptrdiff_t{step} * time.stride;
            argument.buffer.host = argument.first_step + values * argument.buffer.type.bytes();
        }
    }
}

void KernelCall::number_time(int number) {
    for (Argument& argument : arguments_) {
        if (argument.first_step != nullptr) {
            argument.dimensions[static_cast<std::size_t>(argument.buffer.dimensions - 1)].min = number;
        }
    }
}

void KernelCall::find_pointers() const {
    if (arguments_.size() != entry_->signature.size()) {
        throw Error("kernel " + std::string(entry_->name) +
                    " has another number of arguments than were bound");
    }
    pointers_.clear();
    for (Argument& argument : arguments_) {
        argument.buffer.dim = argument.dimensions.data();
        pointers_.push_back(&argument.buffer);
    }
}

void KernelCall::operator()() const {
    if (pointers_.empty() || pointers_[0] != &arguments_[0].buffer) { // not called yet, or copied since
        find_pointers();
    }
    if (const int code = entry_->call(pointers_.data()); code != 0) {
        throw Error("kernel " + std::string(entry_->name) + " failed with code " + std::to_string(code) +
                    ": " + last_halide_message());
    }
}

} // namespace timeloom::detail
