// Pools of threads, and what a training tells while it runs.
#include "misuse.hpp"

#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/model/progress.hpp"

#include <atomic>
#include <thread>

namespace timeloom::tests {

TEST_CASE("pools of threads that nobody can have") {
    for (const std::size_t threads :
         {huge_size, huge_size - 1, huge_size / 2, huge_size / 64, std::size_t{1} << 32,
          std::size_t{1'000'000}, ThreadPool::most_threads + 1})
        refuses("a pool of " + std::to_string(threads), "at most", [&] { ThreadPool pool(threads); });
    ThreadPool pool(2);
    std::atomic<int> calls = 0;
    accepts("no parts", [&] { pool.run(0, [&](std::size_t) { ++calls; }); });
    CHECK(calls == 0);
    refuses("a run inside of a part", "while the pool is running",
            [&] { pool.run(2, [&](std::size_t) { pool.run(1, [](std::size_t) {}); }); });
    refuses("a run from another thread", "while the pool is running", [&] {
        std::string text;
        pool.run(1, [&](std::size_t) {
            std::thread([&] {
                try {
                    pool.run(1, [](std::size_t) {});
                } catch (const Error& error) {
                    text = error.what();
                }
            }).join();
        });
        throw Error(text);
    });
    refuses("a part that fails", "part 1", [&] {
        pool.run(3, [](std::size_t part) {
            if (part > 0)
                throw Error("this is part " + std::to_string(part));
        });
    });
    accepts("and it goes on", [&] { pool.run(5, [&](std::size_t) { ++calls; }); });
    CHECK(calls == 5);
}

TEST_CASE("progress that cannot be") {
    for (const double value : {0.0, -1.0, 1e300, -1e300, not_a_number, infinity, -infinity})
        for (const std::size_t count : {std::size_t{0}, huge_size})
            for (const Progress::Kind kind : {Progress::Kind::step, Progress::Kind::epoch_end})
                accepts("progress of " + std::to_string(value), [&] {
                    Progress progress;
                    progress.kind = kind;
                    progress.epoch = progress.steps = count;
                    progress.loss = progress.seconds = progress.seconds_left = value;
                    progress.metrics = {{"", value}, {std::string(1000, 'm'), value}};
                    CHECK(format_progress(progress).size() > 1000);
                });
    refuses("progress to nowhere", "stream is null", [] { terminal_progress({.stream = nullptr}); });
    for (const double pause : {-1.0, not_a_number, infinity, 1e300})
        accepts("updates every " + std::to_string(pause), [&] {
            std::FILE* const file = std::tmpfile();
            REQUIRE(file != nullptr);
            const ProgressCallback callback = terminal_progress(
                {.stream = file, .even_without_terminal = true, .seconds_between_updates = pause});
            callback({});
            callback({.kind = Progress::Kind::epoch_end, .metrics = {}});
            CHECK(std::ftell(file) > 0);
            std::fclose(file);
        });
}

} // namespace timeloom::tests
