// Results of a fitted model, and how they are kept: pickles hold the text of ArimaResults::save().
#include "arrays.hpp"
#include "orders.hpp"
#include "parts.hpp"

#include <timeloom/runtime/arima/arima_results.hpp>
#include <timeloom/runtime/error.hpp>

#include <nanobind/stl/complex.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace timeloom_python {

namespace {

using namespace nb::literals;
using timeloom::ArimaForecast;
using timeloom::ArimaResults;

/// (mean, standard error, lower, upper)
nb::tuple tuple_of(ArimaForecast f) {
    return nb::make_tuple(to_numpy(std::move(f.predicted_mean)), to_numpy(std::move(f.se_mean)),
                          to_numpy(std::move(f.lower)), to_numpy(std::move(f.upper)));
}

std::vector<std::complex<double>> values_of(const std::vector<timeloom::LagRoot>& roots) {
    std::vector<std::complex<double>> values;
    for (const timeloom::LagRoot& root : roots) {
        values.push_back(root.value);
    }
    return values;
}

nb::tuple forecast(const ArimaResults& results, std::size_t steps, double alpha,
                   const std::optional<Matrix>& exog) {
    return tuple_of(
        without_lock([&] { return results.forecast(steps, {.alpha = alpha, .exog = regressors_of(exog)}); }));
}

timeloom::SimulateOptions simulation(std::uint64_t seed, bool after, const std::optional<Matrix>& exog) {
    using enum timeloom::SimulationAnchor;
    return {.seed = seed, .anchor = after ? end : start, .exog = regressors_of(exog)};
}

nb::object simulate(const ArimaResults& results, std::size_t steps, std::uint64_t seed, bool after,
                    const std::optional<Matrix>& exog) {
    return to_numpy(without_lock([&] { return results.simulate(steps, simulation(seed, after, exog)); }));
}

/// What may follow the sample, one path for each seed: (paths, steps).
nb::object simulate_paths(const ArimaResults& results, std::size_t steps, const Array<std::uint64_t>& seeds,
                          const std::optional<Matrix>& exog) {
    std::vector<double> paths;
    without_lock([&] {
        for (const std::uint64_t seed : span_of(seeds)) {
            const std::vector<double> path = results.simulate(steps, simulation(seed, true, exog));
            paths.insert(paths.end(), path.begin(), path.end());
        }
        return 0;
    });
    return to_numpy(std::move(paths), std::pair{seeds.size(), steps});
}

ArimaResults append(const ArimaResults& results, const Doubles& y, bool refit,
                    const std::optional<Matrix>& exog) {
    return without_lock([&] { return results.append(span_of(y), refit, regressors_of(exog)); });
}

/// The file tells the orders, so one table after the other is tried.
ArimaResults load(const std::filesystem::path& path) {
    try {
        return ArimaResults::load(path, search_plan());
    } catch (const timeloom::Error& error) {
        try {
            return ArimaResults::load(path, plan_of({.p = search_plan().orders.p + 1}));
        } catch (const timeloom::Error&) {
            throw error; // which says what is wrong with the file
        }
    }
}

using Getter = std::vector<double> (ArimaResults::*)() const;

template <Getter getter>
nb::object array_of(const ArimaResults& results) {
    return to_numpy((results.*getter)());
}

void add_numbers(nb::class_<ArimaResults>& c) {
    using R = ArimaResults;
    c.def_prop_ro("params", [](const R& r) { return to_numpy(r.params()); })
        .def_prop_ro("resid", [](const R& r) { return to_numpy(r.resid()); })
        .def_prop_ro("param_names", &R::param_names)
        .def_prop_ro("sigma2", &R::sigma2)
        .def_prop_ro("cov_params",
                     [](const R& r) {
                         return to_numpy(r.cov_params(), std::pair{r.params().size(), r.params().size()});
                     })
        .def_prop_ro("bse", &array_of<&R::bse>)
        .def_prop_ro("zvalues", &array_of<&R::zvalues>)
        .def_prop_ro("pvalues", &array_of<&R::pvalues>)
        .def_prop_ro("standardized_resid", &array_of<&R::standardized_resid>)
        .def_prop_ro("fittedvalues", &array_of<&R::fittedvalues>)
        .def_prop_ro("smoothed_series", &array_of<&R::smoothed_series>)
        .def_prop_ro("llf", &R::llf)
        .def_prop_ro("aic", &R::aic)
        .def_prop_ro("aicc", &R::aicc)
        .def_prop_ro("bic", &R::bic)
        .def_prop_ro("hqic", &R::hqic)
        .def_prop_ro("nobs", &R::nobs)
        .def_prop_ro("evaluations", &R::evaluations)
        .def_prop_ro("arroots", [](const R& r) { return values_of(r.arroots()); })
        .def_prop_ro("maroots", [](const R& r) { return values_of(r.maroots()); })
        .def("conf_int", &R::conf_int, "alpha"_a);
}

} // namespace

void add_results(nb::module_& module) {
    using R = ArimaResults;
    nb::class_<R> c(module, "ArimaResults", "A fitted ARIMA model.");
    add_numbers(c);
    c.def_prop_ro("orders",
                  [](const R& r) {
                      const timeloom::ArimaOrders& o = r.orders();
                      return nb::make_tuple(o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q,
                                            o.seasonal_period);
                  })
        .def_prop_ro("status", [](const R& r) { return timeloom::to_string(r.status()); })
        .def_prop_ro("message", &R::message)
        .def_prop_ro("converged", &R::converged)
        .def(
            "predictions", [](const R& r, double alpha) { return tuple_of(r.predictions(alpha)); }, "alpha"_a)
        .def("forecast", &forecast, "steps"_a, "alpha"_a, "exog"_a.none())
        .def("simulate", &simulate, "steps"_a, "seed"_a, "after"_a, "exog"_a.none())
        .def("simulate_paths", &simulate_paths, "steps"_a, "seeds"_a, "exog"_a.none())
        .def("append", &append, "y"_a, "refit"_a, "exog"_a.none())
        .def("summary", &R::summary)
        .def("save", &R::save, "path"_a)
        .def_static("load", &load, "path"_a);
}

} // namespace timeloom_python
