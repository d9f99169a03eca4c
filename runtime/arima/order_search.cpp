// The stepwise search of Hyndman and Khandakar (2008), in the order in which R's auto.arima takes the steps.
#include "timeloom/runtime/arima/order_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace timeloom {

std::vector<CandidateOrders> OrderSearch::wanted(std::size_t most) const {
    std::vector<CandidateOrders> next = walk().next;
    std::erase_if(next, [&](const CandidateOrders& model) { return known_.contains(model); });
    next.resize(std::min(most, next.size()));
    return next;
}

std::optional<CandidateOrders> OrderSearch::best() const { return walk().best; }

std::vector<CandidateOrders> OrderSearch::path() const { return walk().path; }

/// Whether the model is the best so far. It must be known.
bool OrderSearch::visit(const CandidateOrders& model, Walk& walk) const {
    walk.path.push_back(model);
    const double criterion = known_.at(model);
    const bool better = criterion < (walk.best ? known_.at(*walk.best) : HUGE_VAL);
    if (better) {
        walk.best = model;
    }
    return better;
}

OrderSearch::Walk OrderSearch::walk() const {
    Walk walk;
    const auto is_known = [&](const CandidateOrders& model) { return known_.contains(model); };
    const std::vector<CandidateOrders> first = stepwise_ ? initial_models() : all_models();
    if (!std::ranges::all_of(first, is_known)) {
        walk.next = first;
        return walk;
    }
    for (const CandidateOrders& model : first) {
        visit(model, walk);
    }
    // To the first neighbour that is better, and on from there.
    for (bool moved = stepwise_ && walk.best; moved;) {
        moved = false;
        std::vector<CandidateOrders> around = neighbours(*walk.best);
        std::erase_if(around, [&](const CandidateOrders& model) {
            return std::ranges::find(walk.path, model) != walk.path.end();
        });
        for (std::size_t i = 0; i < around.size() && !moved; ++i) {
            if (walk.path.size() >= limits_.models) {
                return walk;
            }
            if (!is_known(around[i])) {
                walk.next.assign(around.begin() + static_cast<std::ptrdiff_t>(i), around.end());
                return walk;
            }
            moved = visit(around[i], walk);
        }
    }
    return walk;
}

std::vector<CandidateOrders> OrderSearch::initial_models() const {
    const bool c = limits_.constant;
    const auto one = [](int limit) { return std::min(1, limit); };
    std::vector<CandidateOrders> models{
        {std::min(limits_.start.p, limits_.p), std::min(limits_.start.q, limits_.q),
         std::min(limits_.start.P, limits_.P), std::min(limits_.start.Q, limits_.Q), c},
        {0, 0, 0, 0, c},
        {one(limits_.p), 0, one(limits_.P), 0, c},
        {0, one(limits_.q), 0, one(limits_.Q), c},
        {0, 0, 0, 0, false}};
    std::vector<CandidateOrders> different;
    for (const CandidateOrders& model : models) {
        if (std::ranges::find(different, model) == different.end()) {
            different.push_back(model);
        }
    }
    return different;
}

std::vector<CandidateOrders> OrderSearch::all_models() const {
    std::vector<CandidateOrders> models;
    for (int p = 0; p <= limits_.p; ++p) {
        for (int q = 0; q <= limits_.q; ++q) {
            for (int P = 0; P <= limits_.P; ++P) {
                for (int Q = 0; Q <= limits_.Q; ++Q) {
                    for (const bool constant : {false, true}) {
                        const CandidateOrders model{p, q, P, Q, constant};
                        if (model.terms() <= limits_.terms && (!constant || limits_.constant)) {
                            models.push_back(model);
                        }
                    }
                }
            }
        }
    }
    return models;
}

/// Seasonal terms first: one fewer or more of a kind, then of both kinds; the constant last.
std::vector<CandidateOrders> OrderSearch::neighbours(const CandidateOrders& model) const {
    constexpr std::array<std::pair<int, int>, 8> steps{
        {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
    const auto within = [](int value, int limit) { return value >= 0 && value <= limit; };
    std::vector<CandidateOrders> result;
    for (const auto& [ar, ma] : steps) {
        if (within(model.P + ar, limits_.P) && within(model.Q + ma, limits_.Q)) {
            result.push_back({model.p, model.q, model.P + ar, model.Q + ma, model.constant});
        }
    }
    for (const auto& [ar, ma] : steps) {
        if (within(model.p + ar, limits_.p) && within(model.q + ma, limits_.q)) {
            result.push_back({model.p + ar, model.q + ma, model.P, model.Q, model.constant});
        }
    }
    if (limits_.constant) {
        result.push_back({model.p, model.q, model.P, model.Q, !model.constant});
    }
    return result;
}

} // namespace timeloom
