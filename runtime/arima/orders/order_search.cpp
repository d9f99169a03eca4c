// The stepwise search of Hyndman and Khandakar (2008), in the order in which R's auto.arima takes the steps.
#include "timeloom/runtime/arima/orders/order_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace timeloom::detail {

std::vector<CandidateOrders> OrderSearch::wanted(std::size_t most) const {
    std::vector<CandidateOrders> next = walk().next;
    std::erase_if(next, [&](const CandidateOrders& model) { return known_.contains(model); });
    next.resize(std::min(most, next.size()));
    return next;
}

std::optional<CandidateOrders> OrderSearch::best() const { return walk().best; }

std::vector<CandidateOrders> OrderSearch::path() const { return walk().path; }

double OrderSearch::criterion_of_best(const Walk& walk) const {
    return walk.best ? known_.at(*walk.best).criterion : HUGE_VAL;
}

/// Whether the model is the best so far. It must be known.
bool OrderSearch::visit(const CandidateOrders& model, Walk& walk) const {
    walk.path.push_back(model);
    const ModelWorth& worth = known_.at(model);
    const bool better = worth.taken && worth.criterion < criterion_of_best(walk);
    if (better) {
        walk.best = model;
    }
    return better;
}

/// True if one of the neighbours is better; the walk has `next` where they have to become known first.
bool OrderSearch::look_around(const CandidateOrders& centre, Walk& walk) const {
    std::vector<CandidateOrders> around = neighbours(centre);
    std::erase_if(around, [&](const CandidateOrders& model) {
        return std::ranges::find(walk.path, model) != walk.path.end();
    });
    for (std::size_t i = 0; i < around.size(); ++i) {
        walk.full = walk.path.size() >= limits_.models;
        if (walk.full) {
            return false;
        }
        if (!known_.contains(around[i])) {
            walk.next.assign(around.begin() + static_cast<std::ptrdiff_t>(i), around.end());
            return false;
        }
        if (visit(around[i], walk)) {
            return true;
        }
    }
    return false;
}

/// The lowest model on the way that may not be taken, is far below the criterion, and was not left before.
std::optional<CandidateOrders>
OrderSearch::way_out(const Walk& walk, const std::vector<CandidateOrders>& left, double criterion) const {
    std::optional<CandidateOrders> lowest;
    constexpr double far = 50;
    criterion -= far;
    for (const CandidateOrders& model : walk.path) {
        const ModelWorth& worth = known_.at(model);
        if (!worth.taken && worth.criterion < criterion && std::ranges::find(left, model) == left.end()) {
            lowest = model;
            criterion = worth.criterion;
        }
    }
    return lowest;
}

OrderSearch::Walk OrderSearch::walk() const {
    Walk walk;
    const std::vector<CandidateOrders> first = stepwise_ ? initial_models() : all_models();
    if (!std::ranges::all_of(first, [&](const CandidateOrders& model) { return known_.contains(model); })) {
        walk.next = first;
        return walk;
    }
    for (const CandidateOrders& model : first) {
        visit(model, walk);
    }
    std::vector<CandidateOrders> left;
    const auto out_below = [&](double criterion) { return way_out(walk, left, criterion); };
    std::optional<CandidateOrders> centre = walk.best ? walk.best : out_below(HUGE_VAL);
    while (stepwise_ && centre) {
        const bool moved = look_around(*centre, walk);
        if (walk.full || !walk.next.empty()) {
            break;
        }
        left.push_back(*centre);
        // Behind a model that may not be taken mostly lie others like it, unless they are far better again.
        const double reached = std::min(known_.at(*centre).criterion, criterion_of_best(walk));
        centre = moved ? walk.best : out_below(reached);
    }
    return walk;
}

std::vector<CandidateOrders> OrderSearch::initial_models() const {
    const bool c = limits_.constant;
    const auto one = [](int limit) { return std::min(1, limit); };
    std::vector<CandidateOrders> models{
        {std::min(limits_.start.p, limits_.p), std::min(limits_.start.q, limits_.q),
         std::min(limits_.start.P, limits_.P), std::min(limits_.start.Q, limits_.Q), c,
         std::min(limits_.start.second_P, limits_.second_P),
         std::min(limits_.start.second_Q, limits_.second_Q)},
        {0, 0, 0, 0, c},
        {one(limits_.p), 0, one(limits_.P), 0, c, one(limits_.second_P), 0},
        {0, one(limits_.q), 0, one(limits_.Q), c, 0, one(limits_.second_Q)},
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
    std::vector<CandidateOrders> models{{}};
    // Each model with every order of one more kind, the last one fastest.
    const auto with_every = [&](int CandidateOrders::*order, int limit) {
        std::vector<CandidateOrders> more;
        for (const CandidateOrders& model : models) {
            for (int i = 0; i <= limit; ++i) {
                more.push_back(model);
                more.back().*order = i;
            }
        }
        models = std::move(more);
    };
    with_every(&CandidateOrders::p, limits_.p);
    with_every(&CandidateOrders::q, limits_.q);
    with_every(&CandidateOrders::P, limits_.P);
    with_every(&CandidateOrders::Q, limits_.Q);
    with_every(&CandidateOrders::second_P, limits_.second_P);
    with_every(&CandidateOrders::second_Q, limits_.second_Q);
    std::erase_if(models, [&](const CandidateOrders& model) { return model.terms() > limits_.terms; });
    std::vector<CandidateOrders> result;
    for (const CandidateOrders& model : models) {
        result.push_back(model);
        if (limits_.constant) {
            result.push_back(model);
            result.back().constant = true;
        }
    }
    return result;
}

/// Seasonal terms first, those of the longer season before the others: one fewer or more of a kind, then of
/// both kinds; the constant last.
std::vector<CandidateOrders> OrderSearch::neighbours(const CandidateOrders& model) const {
    constexpr std::array<std::pair<int, int>, 8> steps{
        {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
    const auto within = [](int value, int limit) { return value >= 0 && value <= limit; };
    std::vector<CandidateOrders> result;
    const auto around = [&](int CandidateOrders::*ar, int CandidateOrders::*ma, int most_ar, int most_ma) {
        for (const auto& [more_ar, more_ma] : steps) {
            CandidateOrders other = model;
            other.*ar += more_ar;
            other.*ma += more_ma;
            if (within(other.*ar, most_ar) && within(other.*ma, most_ma)) {
                result.push_back(other);
            }
        }
    };
    around(&CandidateOrders::second_P, &CandidateOrders::second_Q, limits_.second_P, limits_.second_Q);
    around(&CandidateOrders::P, &CandidateOrders::Q, limits_.P, limits_.Q);
    around(&CandidateOrders::p, &CandidateOrders::q, limits_.p, limits_.q);
    if (limits_.constant) {
        result.push_back(model);
        result.back().constant = !model.constant;
    }
    return result;
}

} // namespace timeloom::detail
