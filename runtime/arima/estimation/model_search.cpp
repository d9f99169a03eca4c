#include "timeloom/runtime/arima/estimation/model_search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace timeloom::detail {

namespace {

/// Values of f that count as the same maximum.
constexpr double same_value = 1e-5;
constexpr double same_basin = 0.05;

/// Largest difference in a coordinate, of points that lie inside of the boundary or are as good as such.
double distance(const std::vector<double>& a, std::span<const double> b) {
    const auto inside = [](double u) { return std::abs(u) > 1 ? 1 / u : u; };
    double largest = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        largest = std::max(largest, std::abs(inside(a[k]) - inside(b[k])));
    }
    return largest;
}

} // namespace

ModelSearch::ModelSearch(const EstimationJob& job, const plan::LagFilter& kernels, Estimate& best)
    : job_(job), kernels_(kernels), best_(best) {
    if (!job.plan.known.empty()) {
        known_.push_back({job.plan.known, job.plan.known_value});
    }
}

std::size_t ModelSearch::round_size() const {
    const SearchPlan& plan = job_.plan;
    return std::min(rounds_ <= 1 ? plan.first : plan.further, plan.most - searches_);
}

std::vector<StartingPoint> ModelSearch::candidates() {
    const SearchPlan& plan = job_.plan;
    end_round();
    const bool is_first = rounds_++ == 0;
    if (!plan.start.empty() || job_.orders.parameters() == 0) {
        return is_first ? std::vector<StartingPoint>{{plan.start}} : std::vector<StartingPoint>{};
    }
    // Where no search found a finite value, none will.
    if (!is_first && (searches_ >= plan.most || plan.further == 0 || known_.empty() || is_settled())) {
        return {};
    }
    std::vector<StartingPoint> points;
    const auto append = [&](std::vector<StartingPoint> more) {
        std::ranges::move(more, std::back_inserter(points));
    };
    if (is_first && plan.made > 0) {
        points = plan.near;
    } else if (is_first) {
        append(starting_points(*job_.data, kernels_, job_.orders));
        for (const StartingPoint& near : plan.near) {
            points.push_back(near);
            if (near.inverse_hessian.empty()) { // the likelihood bends about alike everywhere
                points.back().inverse_hessian = points.front().inverse_hessian;
            }
        }
        if (plan.most > 1) {
            append(far_points(*job_.data, job_.orders));
        }
        append(points_all_over(*job_.data, job_.orders, plan.looked_at));
        if (plan.looked_at > 0) {
            append(spectral_lines(job_.orders));
        }
    } else {
        append(reflections_of(known_.front().point, job_.orders));
    }
    return points;
}

std::vector<StartingPoint> ModelSearch::choose(std::vector<StartingPoint> candidates,
                                               const std::vector<double>& values) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        pool_.push_back({std::move(candidates[i]), std::isfinite(values[i]) ? values[i] : HUGE_VAL});
    }
    std::ranges::stable_sort(pool_, {}, &Valued::value);
    const SearchPlan& plan = job_.plan;
    const std::size_t anywhere = std::min(rounds_ == 1 ? plan.scattered : plan.further / 2, round_size() - 1);
    const std::size_t wanted = round_size() - anywhere;
    // Ever closer together until there are enough of them.
    std::vector<StartingPoint> chosen;
    for (double apart = 0.25; apart > 0.01 && chosen.size() < wanted; apart /= 2) {
        std::erase_if(pool_, [&](Valued& valued) {
            const auto is_near = [&](const auto& other) {
                return distance(other.point, valued.start.point) < apart;
            };
            if (chosen.size() == wanted || std::ranges::any_of(known_, is_near) ||
                std::ranges::any_of(followed_, is_near)) {
                return false;
            }
            followed_.push_back({valued.start.point, valued.value});
            chosen.push_back(std::move(valued.start));
            return true;
        });
    }
    std::ranges::move(scattered_points(job_.orders, scattered_, anywhere), std::back_inserter(chosen));
    scattered_ += anywhere;
    return chosen;
}

bool ModelSearch::adds_nothing(const Bfgs& search) const {
    if (known_.empty() || !search.accepted()) {
        return false;
    }
    const double gap = search.value() - known_.front().value;
    if (search.evaluations() >= job_.plan.patience && gap > 0) {
        return true;
    }
    return std::ranges::any_of(known_, [&](const Maximum& known) {
        const double above = search.value() - known.value;
        return above > 0 && above < 0.1 && distance(known.point, search.point()) < same_basin;
    });
}

void ModelSearch::tell(const Bfgs& search) {
    ++searches_;
    if (!std::isfinite(search.value())) {
        return;
    }
    told_.push_back(
        {{search.point().begin(), search.point().end()}, search.value(), search.inverse_hessian()});
}

/// Searches that came near a known maximum count as having ended there.
void ModelSearch::end_round() {
    for (Maximum& end : told_) {
        const auto is_same = [&](const Maximum& known) {
            return std::abs(end.value - known.value) < same_value ||
                   (end.value >= known.value && end.value < known.value + 0.1 &&
                    distance(known.point, end.point) < same_basin);
        };
        const auto same = std::ranges::find_if(known_, is_same);
        if (same == known_.end()) {
            known_.push_back(std::move(end));
        } else if (end.value < same->value) {
            *same = std::move(end);
        }
    }
    told_.clear();
    std::ranges::stable_sort(known_, {}, &Maximum::value);
}

/// Ends far below the best one do not count.
bool ModelSearch::may_be_best(const Maximum& known) const {
    constexpr double far = 10;
    return known.value < known_.front().value + far;
}

std::vector<StartingPoint> ModelSearch::maxima() const {
    std::vector<StartingPoint> points;
    for (const Maximum& known : known_) {
        if (may_be_best(known)) {
            points.push_back({known.point, known.inverse_hessian});
        }
    }
    return points;
}

/// Of w different maxima after n searches, as if begun at random: w (n - 1) / (n - w - 2) are to be expected
/// in all (Boender and Rinnooy Kan 1987).
bool ModelSearch::is_settled() const {
    if (known_.empty()) {
        return false;
    }
    const auto w = static_cast<double>(
        std::ranges::count_if(known_, [&](const Maximum& known) { return may_be_best(known); }));
    const auto n = static_cast<double>(job_.plan.made + searches_);
    return n > w + 2 && w * (n - 1) / (n - w - 2) < w + 0.25;
}

} // namespace timeloom::detail
