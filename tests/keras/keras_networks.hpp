// Networks by the names of Keras's cases, each compiled and compared with its case.
#pragma once

#include "../kernels/compiled_network.hpp"
#include "keras_models.hpp"

#include "timeloom/dsl/network/fingerprint.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace timeloom::tests {

inline const nlohmann::json& case_called(const nlohmann::json& cases, const std::string& name) {
    return *std::ranges::find_if(cases, [&](const nlohmann::json& c) { return c.at("name") == name; });
}

inline std::size_t rows_of(const nlohmann::json& c) { return c.at("inputs")[0].at("shape")[0]; }

/// True if these are more rows than one tile: with a second thread the last row is alone.
inline bool has_tail(std::size_t rows) { return rows > static_cast<std::size_t>(row_tile()); }

/// Compiled once for all tests of a program. Of networks that differ only in what kernels do not depend on,
/// the first one's kernels serve all.
inline const CompiledNetwork& kernels_of(const declaration::network& network, std::size_t rows) {
    static std::map<std::pair<std::uint64_t, bool>, std::unique_ptr<CompiledNetwork>> compiled;
    auto& kernels = compiled[{declaration::fingerprint(network, row_tile()), has_tail(rows)}];
    if (kernels == nullptr) {
        kernels =
            std::make_unique<CompiledNetwork>(network, std::vector{best_target()},
                                              has_tail(rows) ? nullptr : kernels_for(static_cast<int>(rows)));
    }
    return *kernels;
}

/// With these kernels.
inline const plan::Model& plan_of(const declaration::network& network, std::size_t rows) {
    return kernels_of(network, rows).plan_of(network);
}

/// With one thread, and with two where the batch has a row too many for one tile.
inline void check_networks(const std::map<std::string, declaration::network>& networks,
                           const nlohmann::json& cases) {
    for (const auto& [name, declared] : networks) {
        const nlohmann::json& c = case_called(cases, name);
        const std::size_t rows = rows_of(c);
        for (const std::size_t threads : {1, 2}) {
            if (threads == 1 || has_tail(rows)) {
                CAPTURE(name, threads);
                Model model(plan_of(declared, rows), {.threads = threads});
                golden::check_model(model, c);
            }
        }
    }
}

} // namespace timeloom::tests
