#include "timeloom/generators/lag_polynomials.hpp"

#include <array>

namespace timeloom::generators {

namespace {

/// B to the power of `times` periods.
std::string power(int period, int times) {
    if (period == plan::any_period) {
        return times == 1 ? "B^s" : "B^" + std::to_string(times) + "s";
    }
    return period * times == 1 ? "B" : "B^" + std::to_string(period * times);
}

std::string polynomial(const plan::LagFactor& factor, const std::string& symbol) {
    const std::string sign = factor.moving_average ? " + " : " - ";
    const auto term = [&](int i) { return sign + symbol + std::to_string(i) + " " + power(factor.lag, i); };
    std::string text = "1" + term(1);
    if (factor.terms > 2) {
        text += sign + "…";
    }
    return factor.terms == 1 ? text : text + term(factor.terms);
}

std::string difference(int period, int times) {
    return times == 0 ? ""
                      : "(1 - " + power(period, 1) + ")" + (times == 1 ? "" : "^" + std::to_string(times));
}

} // namespace

std::vector<lag_polynomial> polynomials_of(const plan::LagFilter& filter) {
    constexpr std::array symbols{"φ", "Φ", "Φ'", "θ", "Θ", "Θ'"};
    const plan::FactorList all = plan::all_factors(filter);
    std::vector<lag_polynomial> polynomials;
    for (int i = 0; i < all.size(); ++i) {
        if (all[i].terms > 0) {
            polynomials.push_back({polynomial(all[i], symbols[static_cast<std::size_t>(i)]), all[i]});
        }
    }
    return polynomials;
}

std::string differences_of(const plan::ArimaOrders& orders) {
    std::string text;
    for (const std::string& part :
         {difference(1, orders.d), difference(orders.seasonal_period, orders.seasonal_d),
          difference(orders.second_period, orders.second_d)}) {
        text += (text.empty() || part.empty() ? "" : " ") + part;
    }
    return text;
}

} // namespace timeloom::generators
