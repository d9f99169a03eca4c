// Parts of a work that several threads do at once are finished in order.
#include "../../examples/auto_forecast/work_in_order.hpp"

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using timeloom::Error;
using timeloom::ThreadPool;

namespace {

/// Some parts take longer than the ones behind them.
void take_time(int part) { std::this_thread::sleep_for(std::chrono::microseconds(part % 7 == 0 ? 400 : 20)); }

enum class Stage { none, next, work, finish };

/// The parts that were finished of 200, where `failing` fails at part 100.
std::vector<int> finished_parts(std::size_t threads, Stage failing = Stage::none) {
    ThreadPool pool(threads);
    int begun = 0;
    std::atomic<int> at_once{0}, most_at_once{0};
    std::vector<int> finished;
    bool are_own = true; // results
    int most_ahead = 0;
    const auto fail_at = [&](Stage stage, int part) {
        if (stage == failing && part == 100) {
            throw Error("part 100 failed");
        }
    };
    auto_forecast::work_in_order<int, std::string>(
        pool,
        [&](int& part) {
            part = begun++;
            fail_at(Stage::next, part);
            return part < 200;
        },
        [&](int part) {
            most_at_once = std::max(most_at_once.load(), ++at_once);
            take_time(part);
            fail_at(Stage::work, part);
            --at_once;
            return std::to_string(part);
        },
        [&](int part, const std::string& result) {
            are_own = are_own && result == std::to_string(part);
            most_ahead = std::max(most_ahead, begun - part);
            fail_at(Stage::finish, part);
            finished.push_back(part);
        });
    CHECK(most_at_once <= static_cast<int>(threads));
    CHECK(finished.size() == 200);
    CHECK(are_own);
    CHECK(most_ahead <= static_cast<int>(4 * threads) + 1);
    return finished;
}

} // namespace

TEST_CASE("parts are finished in order by any number of threads") {
    for (const std::size_t threads : {1, 2, 3, 8}) {
        const std::vector<int> parts = finished_parts(threads);
        CHECK(std::ranges::is_sorted(parts));
        CHECK(parts.back() == 199);
    }
}

TEST_CASE("what a part throws is thrown on, and all threads end") {
    for (const Stage stage : {Stage::next, Stage::work, Stage::finish}) {
        for (const std::size_t threads : {1, 2, 5}) {
            CHECK_THROWS_WITH(finished_parts(threads, stage), "part 100 failed");
        }
    }
}

TEST_CASE("a work of no parts ends at once") {
    ThreadPool pool(3);
    int finished = 0;
    auto_forecast::work_in_order<int, int>(
        pool, [](int&) { return false; }, [](int) { return 0; }, [&](int, int) { ++finished; });
    CHECK(finished == 0);
}
