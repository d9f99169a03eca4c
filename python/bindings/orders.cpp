#include "orders.hpp"

#include "common_orders.timeloom.hpp"
#include "large_orders.timeloom.hpp"

#include <timeloom/runtime/error.hpp>

#include <string>
#include <utility>

namespace timeloom_python {

using timeloom::ArimaOrders;
using timeloom::Error;
using timeloom::Trend;

namespace {

constexpr std::pair<std::string_view, Trend> trends[] = {
    {"n", Trend::n}, {"c", Trend::c}, {"t", Trend::t}, {"ct", Trend::ct}, {"mean", Trend::differenced_mean}};

bool within(const ArimaOrders& orders, const ArimaOrders& most) {
    return orders.p <= most.p && orders.q <= most.q && orders.seasonal_p <= most.seasonal_p &&
           orders.seasonal_q <= most.seasonal_q;
}

} // namespace

ArimaOrders orders_of(const Order& order, const Order& seasonal, int period) {
    const bool has_season = seasonal != Order{0, 0, 0};
    if (has_season && period < 2) {
        throw Error("seasonal_order asks for a season, but season_length is " + std::to_string(period) +
                    "; give the observations in a season, at least 2");
    }
    return {order[0], order[1], order[2], seasonal[0], seasonal[1], seasonal[2], has_season ? period : 1};
}

Trend trend_of(std::string_view name) {
    for (const auto& [known, kind] : trends) {
        if (known == name) {
            return kind;
        }
    }
    throw Error("trend is '" + std::string(name) + "', but must be one of 'n', 'c', 't', 'ct', 'mean'");
}

std::string_view name_of_trend(Trend trend) {
    for (const auto& [name, kind] : trends) {
        if (kind == trend) {
            return name;
        }
    }
    return "n";
}

const timeloom::plan::ArimaFamily& search_plan() { return common_orders_plan; }

const timeloom::plan::ArimaFilters& plan_of(const ArimaOrders& orders) {
    if (within(orders, common_orders_plan.orders)) {
        return common_orders_plan;
    }
    const ArimaOrders& most = large_orders_plan.orders;
    if (!within(orders, most)) {
        throw Error(timeloom::name_of(orders) + " is larger than the package is compiled for: p up to " +
                    std::to_string(most.p) + ", q up to " + std::to_string(most.q) + ", P and Q up to " +
                    std::to_string(most.seasonal_p) + "; declare the model in C++");
    }
    return large_orders_plan;
}

ArimaOrders search_limits(int period) {
    return timeloom::family_with_period(common_orders_plan.orders, {.seasonal_period = period});
}

} // namespace timeloom_python
