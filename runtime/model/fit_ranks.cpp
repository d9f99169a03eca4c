#include "timeloom/runtime/model/fit_ranks.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/distributed/agreement.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom::detail {

void Fingerprint::add_bytes(std::span<const std::byte> bytes) { value_ = crc32(bytes, value_); }

void Fingerprint::add(const Examples& examples) {
    for (std::size_t i = 0; i < examples.x.size(); ++i) {
        const Input& input = examples.x[i];
        add(input.rows());
        if (input.is_tokens()) {
            add(std::span<const std::int32_t>(input.tokens().values));
        } else {
            add(input.vectors().values());
        }
        if (input.has_lengths()) {
            add(input.lengths());
        }
    }
    add(examples.y.values());
    add(examples.weights);
}

void Fingerprint::add(const FitOptions& options) {
    add(options.epochs);
    add(options.initial_epoch);
    add(options.batch_size);
    add(options.validation_freq);
    add(options.shuffle);
    add(options.drop_remainder);
    add(options.callbacks.size());
}

void Fingerprint::add(const Measures& measures) {
    add(static_cast<int>(measures.loss.kind));
    add(measures.loss.delta);
    for (const NamedMetric& metric : measures.metrics) {
        add(static_cast<int>(metric.metric));
        add(metric.is_weighted);
    }
}

void Fingerprint::add(const TrainingCounters& counters) {
    add(counters.seed);
    add(counters.steps);
    add(counters.epochs);
}

void FitRanks::meet(const std::string& place, const Fingerprint& own, const std::string& difference) {
    if (!are_several()) {
        return;
    }
    const std::uint32_t value = own.value();
    const auto told = agree(*ranks_, place, failure_, std::as_bytes(std::span(&value, 1)));
    for (std::size_t rank = 1; rank < told.size(); ++rank) {
        if (told[rank] != told[0]) {
            throw Error("fit: rank " + std::to_string(rank) + " has, at " + place + ", " + difference);
        }
    }
}

bool FitRanks::meet_or_stop(const std::string& place, bool stops) {
    if (!are_several()) {
        return stops;
    }
    const std::byte own{stops ? std::uint8_t{1} : std::uint8_t{0}};
    return std::ranges::any_of(agree(*ranks_, place, failure_, std::span(&own, 1)),
                               [](const auto& told) { return told.at(0) != std::byte{0}; });
}

std::optional<Sharing> FitRanks::sharing(const std::string& place) const {
    return are_several() ? std::optional<Sharing>({*ranks_, place, failure_}) : std::nullopt;
}

std::optional<Sharing> FitRanks::sharing_of_step(const StepPlace& place) const {
    return are_several()
               ? sharing("step " + std::to_string(place.step) + " of epoch " + std::to_string(place.epoch))
               : std::nullopt;
}

} // namespace timeloom::detail
