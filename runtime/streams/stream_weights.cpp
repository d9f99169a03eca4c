#include "timeloom/runtime/streams/stream_weights.hpp"

#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/streams/weights_exchange.hpp"

#include <algorithm>

namespace timeloom {

using namespace detail;

void WeightsReader::offer(const WeightsCopy& weights) {
    const Copy reads = reads_.load(std::memory_order_acquire);
    while (kept_.front().get() != reads) { // it has left those
        kept_.pop_front();
    }
    const Copy not_taken = offered_.exchange(weights.get(), std::memory_order_acq_rel);
    if (not_taken != nullptr) {
        std::erase_if(kept_, [&](const WeightsCopy& copy) { return copy.get() == not_taken; });
    }
    kept_.push_back(weights);
}

StreamWeights::Impl::Impl(const Model& model) : current_(copy_of(model, "StreamWeights", plan_)) {}

WeightsCopy StreamWeights::Impl::copy_of(const Model& model, const char* member, plan::Model& plan) {
    return model.inside(member, [&](const Model::Impl& inside) {
        const std::span<const float> weights = inside.parameters();
        aligned_buffer<float> copy(weights.size());
        std::ranges::copy(weights, copy.begin());
        plan = inside.plan();
        return std::make_shared<const aligned_buffer<float>>(std::move(copy));
    });
}

void StreamWeights::Impl::publish(const Model& model) {
    plan::Model plan;
    WeightsCopy weights = copy_of(model, "StreamWeights::publish", plan);
    if (plan.fingerprint != plan_.fingerprint || plan.name != plan_.name) {
        throw Error("StreamWeights::publish: got weights of the model " + std::string(plan.name) +
                    " for streams of " + std::string(plan_.name) + "; hand over a model of the same plan");
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& reader : readers_) {
        reader->offer(weights);
    }
    current_ = std::move(weights);
}

WeightsReader& StreamWeights::Impl::add_reader() {
    const std::scoped_lock lock(mutex_);
    return *readers_.emplace_back(std::make_unique<WeightsReader>(current_));
}

void StreamWeights::Impl::remove_reader(const WeightsReader& reader) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(readers_, [&](const auto& r) { return r.get() == &reader; });
}

StreamWeights::StreamWeights(const Model& model)
    : impl_(as_error("StreamWeights", [&] { return std::make_shared<Impl>(model); })) {}
StreamWeights::~StreamWeights() = default;
StreamWeights::StreamWeights(StreamWeights&&) noexcept = default;
StreamWeights& StreamWeights::operator=(StreamWeights&&) noexcept = default;

StreamWeights::Impl& StreamWeights::impl(const char* member) const {
    if (impl_ == nullptr) {
        throw Error(std::string(member) +
                    ": these weights were moved from; use those that they were moved to");
    }
    return *impl_;
}

void StreamWeights::publish(const Model& model) {
    Impl& inside = impl("StreamWeights::publish");
    as_error("StreamWeights::publish", [&] { inside.publish(model); });
}

} // namespace timeloom
