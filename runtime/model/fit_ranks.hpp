// The ranks that fit() runs on: where they meet, and what must be the same on all of them.
#pragma once

#include "timeloom/runtime/distributed/communicator.hpp"
#include "timeloom/runtime/learning/checkpoint.hpp"
#include "timeloom/runtime/learning/step_place.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>

namespace timeloom::detail {

/// A checksum of what ranks must have alike.
class Fingerprint {
  public:
    template <class T>
    void add(std::span<const T> values) {
        static_assert(std::is_arithmetic_v<T>);
        add_bytes(std::as_bytes(values));
    }
    template <class T>
    requires std::is_arithmetic_v<T>
    void add(T value) { add(std::span<const T>(&value, 1)); }
    void add(const Examples& examples);
    void add(const FitOptions& options);
    void add(const Measures& measures);
    void add(const TrainingCounters& counters);
    std::uint32_t value() const { return value_; }

  private:
    void add_bytes(std::span<const std::byte> bytes);

    std::uint32_t value_ = 0;
};

/// Where one process is alone, nothing is exchanged, and what fails is thrown at once. Otherwise what fails
/// on one rank is kept until all ranks meet, and then thrown on all.
class FitRanks {
  public:
    /// Null or of one rank: this process is alone. It must outlive this.
    explicit FitRanks(Communicator* ranks)
        : ranks_(ranks != nullptr && ranks->size() > 1 ? ranks : nullptr) {}

    bool are_several() const { return ranks_ != nullptr; }
    /// Forgets what an earlier fit() has failed with.
    void begin() { failure_ = nullptr; }

    /// Calls f() unless this rank has failed.
    template <class F>
    void run(F&& f) {
        if (!are_several()) {
            return f();
        }
        try {
            if (!failure_) {
                f();
            }
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    /// The same on rank 0; nothing on the others.
    template <class F>
    void run_on_first(F&& f) {
        if (!are_several() || ranks_->rank() == 0) {
            run(f);
        }
    }

    /// All ranks are here, and `own` is the same on all of them; else throws Error that a rank has
    /// `difference`.
    void meet(const std::string& place, const Fingerprint& own, const std::string& difference);
    /// All ranks are here. Returns whether one of them is to stop.
    bool meet_or_stop(const std::string& place, bool stops);

    /// What a pass here needs to be shared; nothing where this process is alone.
    std::optional<Sharing> sharing(const std::string& place) const;
    std::optional<Sharing> sharing_of_step(const StepPlace& place) const;

  private:
    Communicator* ranks_;
    std::exception_ptr failure_;
};

} // namespace timeloom::detail
