// The way of a set of weights from the thread that makes it to the streams that read it.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/base/nonblocking.hpp"
#include "timeloom/runtime/streams/stream_weights.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

namespace timeloom {

namespace detail {

using WeightsCopy = std::shared_ptr<const aligned_buffer<float>>;

/// One stream's side: who publishes puts a copy into `offered_`, and the stream takes it out. The publisher
/// keeps each copy until the stream reads a later one.
class WeightsReader {
  public:
    explicit WeightsReader(WeightsCopy first) : reads_(first.get()), kept_{std::move(first)} {}
    WeightsReader(const WeightsReader&) = delete;
    WeightsReader& operator=(const WeightsReader&) = delete;

    /// The stream's: the copy to read until the next call.
    const float* take() TIMELOOM_NONBLOCKING {
        if (offered_.load(std::memory_order_relaxed) != nullptr) {
            reads_.store(offered_.exchange(nullptr, std::memory_order_acquire), std::memory_order_release);
        }
        return reads_.load(std::memory_order_relaxed)->data();
    }

    /// The publisher's.
    void offer(const WeightsCopy& weights);

  private:
    using Copy = const aligned_buffer<float>*;
    std::atomic<Copy> offered_{nullptr};
    std::atomic<Copy> reads_;
    std::deque<WeightsCopy> kept_; ///< the publisher's: what the stream reads or may begin to read, in order
};

} // namespace detail

class StreamWeights::Impl {
  public:
    explicit Impl(const Model& model);

    void publish(const Model& model);
    const plan::Model& plan() const { return plan_; }
    /// A reader that lives until remove().
    detail::WeightsReader& add_reader();
    void remove_reader(const detail::WeightsReader& reader);

  private:
    static detail::WeightsCopy copy_of(const Model& model, const char* member, plan::Model& plan);

    plan::Model plan_;
    std::mutex mutex_; ///< of those who publish and of streams that begin and end
    detail::WeightsCopy current_;
    std::vector<std::unique_ptr<detail::WeightsReader>> readers_;
};

} // namespace timeloom
