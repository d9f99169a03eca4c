#include "timeloom/generators/arima_plan_table.hpp"

#include "timeloom/generators/argument_text.hpp"
#include "timeloom/generators/lag_polynomials.hpp"
#include "timeloom/generators/text_table.hpp"
#include "timeloom/runtime/plan/arima_names.hpp"

#include <vector>

namespace timeloom::generators {

namespace {

std::string differenced(const plan::ArimaOrders& orders) {
    const std::string differences = differences_of(orders);
    return differences.empty() ? "none" : differences;
}

/// How the filter turns a differenced series into its residuals: a line for each polynomial.
std::string filters(const plan::ArimaFilters& plan) {
    std::vector<table_row> rows{{"filter", "side", "polynomial", "coefficients"}};
    for (std::size_t i = 0; i < plan.filters.size(); ++i) {
        const std::string number = std::to_string(i);
        const std::vector<lag_polynomial> polynomials = polynomials_of(plan.filters[i].filter);
        for (const lag_polynomial& p : polynomials) {
            const int first = p.factor.first, last = first + p.factor.terms - 1;
            rows.push_back({&p == &polynomials.front() ? number : "", p.factor.moving_average ? "MA" : "AR",
                            p.text,
                            std::to_string(first) + (last > first ? "-" + std::to_string(last) : "")});
        }
        if (polynomials.empty()) {
            rows.push_back({number, "", "1", "none"});
        }
    }
    return text_table(rows);
}

std::string kernels(const plan::ArimaFilters& plan) {
    std::vector<table_row> rows{{"kernels of", "kernel", "arguments"}};
    for (std::size_t i = 0; i < plan.filters.size(); ++i) {
        for (const plan::LagKernel& k : plan.filters[i].kernels) {
            rows.push_back(
                {"filter " + std::to_string(i), std::string(name_of(k.kind)), argument_text(k.signature)});
        }
    }
    return text_table(rows);
}

std::string tables(const plan::ArimaFilters& plan, const std::vector<table_row>& head) {
    return "The plan of " + std::string(plan.name) + "\n\n" + text_table(head) + "\n" + filters(plan) + "\n" +
           kernels(plan) + "\n  " + std::to_string(plan::series_lanes) + " series side by side, " +
           std::to_string(plan::filter_unroll) + " time steps at once\n";
}

} // namespace

std::string plan_table(const plan::Arima& model) {
    return tables(model, {{"model", name_of(model.orders)},
                          {"trend", std::string(name_of(model.trend))},
                          {"differences", differenced(model.orders)}});
}

std::string plan_table(const plan::ArimaFamily& family) {
    return tables(family, {{"models", "up to " + name_of(family.orders)},
                           {"trend", "chosen by the program"},
                           {"differences", "up to " + differenced(family.orders)}});
}

} // namespace timeloom::generators
