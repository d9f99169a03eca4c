// Saves ARIMA results to a file and loads them again.
#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/arima/saved_results.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

namespace timeloom {

using namespace detail;

namespace {

constexpr detail::FileKind results_file{"file of ARIMA results",
                                        "check its name, or make the file with ArimaResults::save",
                                        std::uint64_t{1} << 30};

SavedResults read_results(const std::filesystem::path& path) {
    const std::string text = detail::read_text(path, results_file);
    try {
        return parse_results(text);
    } catch (const Error& error) {
        throw Error(path.string() + " is damaged or no file of ARIMA results: " + error.what() +
                    detail::looks_like(text) + "; save the results again");
    }
}

} // namespace

void ArimaResults::save(const std::filesystem::path& path) const try {
    const Impl& i = impl();
    const SavedResults results{i.orders, i.trend, i.method, i.cov_type, i.fit, i.y, i.exog, i.exog_columns};
    write_file_atomically(path, to_text(results));
} catch (...) {
    detail::rethrow_as_error(path);
}

ArimaResults ArimaResults::load(const std::filesystem::path& path, const plan::ArimaFilters& plan) try {
    const SavedResults r = read_results(path);
    try {
        const Arima model(r.orders, r.trend, plan);
        return {model.kernels(),          r.orders, r.trend,  r.y,
                {r.exog, r.exog_columns}, r.fit,    r.method, r.cov_type};
    } catch (const Error& error) {
        throw Error(path.string() + " cannot be used: " + error.what());
    }
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
